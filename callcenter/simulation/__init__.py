"""The pacing on a simulated clock, with truth it cannot see: docs/simulation.md.

world      one shift of one campaign; staff are its agents, distributions its draws
policies   what may dial in it: ours, and baselines
scenario   the file that describes a shift; b1 the usual one; past_day(_rows) one from the books
measure    many shifts → figures with standard errors; side_by_side runs them on every core
what_if    many teams and limits → curves; what_if_runs keeps each run in a folder and a process
"""
