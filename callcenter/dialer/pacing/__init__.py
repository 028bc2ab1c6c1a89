"""How many calls a predictive campaign places now. Pure: docs/simulation.md.

snapshot  what a decision looks at, and what it answers
pace      the decision itself
shortage  the chance that a person answers and no agent is there
answers   learned: when dialed calls are answered by people
handling  learned: how long agents talk and wrap up
budget    how much of the abandonment limit is spent
"""
