"""From lines in Asterisk's files to books that balance: docs/ledger.md.

Read      process (for ever), ingest (a batch, one transaction), reader and rotation (where the next
          line is), parse_cel, parse_queue_log, parse_own_cdr (line → facts), kept_facts, spool;
          rows go in by db/many_rows
Fold      pure. A call: call_ids, fold_call, and for it channels, steps, names, talks, visits,
          outcome, timeline → books. An agent: fold_agent, tile
Keep      keep_books, keep_agents replace the rows of what changed; rollups/ the sums beside them;
          refold_all: all anew, after an upgrade
Judge     judge (when), reconcile, reconcile_cdr, reconcile_attempts (what), unreconciled (kinds)
History   import_history, history, parse_cdr: files of another system
Elsewhere spy_audit (who listened), forgotten and erasure_key (what stays away: docs/privacy.md)
"""
