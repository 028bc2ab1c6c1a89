"""A signed, hash-chained file that shows how a campaign kept the law: docs/evidence.md."""
