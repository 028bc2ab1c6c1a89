"""Forgetting: by age (retention) and on a person's request (erasure), and telling them what there
is (export). What the ledger may not take in again is ledger/forgotten.py."""
