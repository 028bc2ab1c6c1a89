"""One line of cel.csv → Fact. The order of columns is fixed in docs/architecture.md."""

from __future__ import annotations

import csv

from callcenter.ledger.facts import CEL, BadLine, Fact, digest_of, parse_instant, refuse_garbage

COLUMNS = (
    "event", "at", "caller_name", "caller_number", "dialed", "exten", "context", "channel",
    "application", "data", "uniqueid", "linkedid", "peer", "user_event", "extra",
)  # fmt: skip
KEPT = (
    "caller_name", "caller_number", "dialed", "exten", "context", "channel", "application",
    "data", "linkedid", "peer", "user_event", "extra",
)  # fmt: skip


def parse_cel(line: str) -> Fact:
    """Raises BadLine with the reason."""
    refuse_garbage(line)
    row = _split(line)
    if len(row) != len(COLUMNS):
        raise BadLine(f"{len(row)} columns instead of {len(COLUMNS)}")
    values = dict(zip(COLUMNS, row, strict=True))
    if not values["event"] or not values["uniqueid"] or not values["linkedid"]:
        raise BadLine("event, uniqueid or linkedid is empty")
    return Fact(
        source=CEL,
        digest=digest_of(CEL, line),
        at=parse_instant(values["at"]),
        event=values["event"][:64],
        uniqueid=values["uniqueid"][:160],
        linkedid=values["linkedid"][:160],
        fields={name: values[name] for name in KEPT if values[name]},
    )


def _split(line: str) -> list[str]:
    if line.count('"') % 2:
        raise BadLine("a quote is not closed (a torn line)")
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error as error:
        raise BadLine(f"not CSV: {error}") from error
    return rows[0] if rows else []
