"""Figures out of the books, and their way to people: docs/reports.md.

The map of reports is table.py: a report is the module that a line there names, with
`run(session, asked)`. The other modules are no reports:

Ask       question (query string ↔ what is asked), asked, seen (what one may see), ranking
          (top and bottom)
Read      sums and loads (roll-ups as `Counts`), agent_states, queue_today, outcomes
Calls     call_list, keyset, call_detail, call_filter (which calls), calls_behind (of numbers
          that count neither visits nor talks), unrated_calls, number_search, recordings
Show      shown, places, heading, charts and sankey (shapes), written (JSON, CSV, XLSX), pdf…
Wait      for long runs: runs (worked on once for all who ask), work (one question, being read),
          run_rows (their table), kept_rows (the rows found)
Mail      templates (kept under a name), schedules and due (when), prepared (file and words),
          deliveries (each e-mail's states); the job jobs/send_reports.py sends them
"""
