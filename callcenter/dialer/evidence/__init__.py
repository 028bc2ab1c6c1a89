"""A signed, hash-chained file that shows how a campaign kept the law: docs/evidence.md.

pack     from the attempts' rows to lines and a summary
law      how each call counts, and in which window the limit was kept (pure)
chain    lines that hold one another; key: what signs the last
verify   a pack by itself; compare: with the books of today
"""
