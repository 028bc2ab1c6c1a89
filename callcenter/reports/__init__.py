"""Figures out of the books, and their way to people: docs/reports.md.

The map of reports is table.py: a report is the module that a line there names, with
`run(session, asked)`. The other modules are no reports:

Ask       question (query string ↔ what is asked), asked, call_filter, seen (what one may see)
Read      sums and loads (roll-ups as `Counts`), agent_states, queue_today, outcomes
Calls     call_list, keyset, call_detail, calls_behind (a number's calls), recordings
Show      shown, places, heading, charts and sankey (shapes), written (JSON, CSV, XLSX), pdf…
Wait      for long runs: runs (worked on once for all who ask), run_rows (their table), kept_rows
          (the rows found)
Mail      templates (kept under a name), schedules and due (when), prepared (file and words),
          deliveries (each e-mail's states); the job jobs/send_reports.py sends them
"""
