"""Leads: loaded, chosen, reserved, settled.

read          rows of the database as `domain.lead` values, with the facts the rules ask for
conditions    filters people build in the page, as one clause of SQL
candidates    which leads might be dialed now, in order; the hopper keeps some at hand
reserve       takes leads for a campaign: attempts are written before anything is dialed
retry         what follows from an outcome (pure)
settle        writes an outcome down and applies what follows
"""
