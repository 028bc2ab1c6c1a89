"""Leads: loaded, chosen, reserved, settled; in the order of a lead's life.

table_file    rows of a CSV or XLSX file; number_file those of a do-not-call list
spreadsheet   rows written as XLSX
columns       a file's columns ↔ a lead's fields
imports       a file's way into a list, chunk by chunk; the job load-leads goes on with it
refusals      why a lead of a file is left out
store         leads into the tables
manage        what people do with lists and leads by hand; change: one lead put right
campaigns     a campaign is judged, then saved, started or paused
read          rows of the database as `domain.lead` values, with the facts the rules ask for
conditions    filters people build in the page, as one clause of SQL
candidates    which leads might be dialed now, in order; the hopper keeps some at hand
reserve       takes leads for a campaign: attempts are written before anything is dialed
retry         what follows from an outcome (pure)
settle        writes an outcome down and applies what follows
said          what an agent says of a call: the disposition and all that follows from it
callbacks     calls promised to leads; asked_back: to callers who did not want to wait
do_not_call   who may not be called; consents: who said they may
why           why a lead is not dialed, rule by rule
"""
