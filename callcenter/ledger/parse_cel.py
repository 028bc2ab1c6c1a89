"""One line of cel.csv → Fact. The order of columns is fixed in docs/architecture.md."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import compress

from callcenter.domain.open_line import beyond, phone_of_half
from callcenter.ledger.facts import CEL, BadLine, Fact, digest_of, parse_instant, refuse_garbage

COLUMNS = (
    "event", "at", "caller_name", "caller_number", "dialed", "exten", "context", "channel",
    "application", "data", "uniqueid", "linkedid", "peer", "user_event", "extra",
)  # fmt: skip
_NEEDED = {"event", "uniqueid", "linkedid"}
_OF_AGENT = "CC_STEP,agent|"


def parse_cel(line: str) -> Fact:
    """Raises BadLine with the reason."""
    refuse_garbage(line)
    row = _split(line)
    if len(row) != len(COLUMNS):
        raise BadLine(f"{len(row)} columns instead of {len(COLUMNS)}")
    fields = dict(compress(zip(COLUMNS, row, strict=True), row))  # what is not empty
    if not (fields.keys() >= _NEEDED):
        raise BadLine("event, uniqueid or linkedid is empty")
    if _apart(fields):
        set_apart(fields)
    return Fact(
        source=CEL,
        digest=digest_of(CEL, line),
        at=parse_instant(fields.pop("at", "")),
        event=fields.pop("event")[:64],
        uniqueid=fields.pop("uniqueid")[:160],
        linkedid=fields["linkedid"][:160],
        fields=fields,
    )


def _apart(fields: Mapping[str, str]) -> bool:
    channel = fields.get("channel", "")
    if beyond(channel, fields.get("context", "")):
        return True
    # A sign-out, told from another context while the line ends; any other comes in a call's first
    # channel, for which this changes nothing.
    return fields.get("data", "").startswith(_OF_AGENT) and channel.startswith("PJSIP/")


def set_apart(fields: dict[str, str]) -> None:
    """Beyond the agent's leg of a call: the line is a call of its own, what meets it there none."""
    if phone_of_half(fields["channel"])[1]:
        fields["uniqueid"] = ""
    fields["linkedid"] = fields["uniqueid"]


def _split(line: str) -> list[str]:
    quotes = line.count('"')
    if quotes % 2:
        raise BadLine("a quote is not closed (a torn line)")
    row = line[1:-1].split('","', len(COLUMNS) - 1)
    in_last = row[-1].count('"')
    if (
        len(row) == len(COLUMNS)
        and line[:1] == line[-1:] == '"'
        and quotes - in_last == 2 * len(COLUMNS)
        and in_last == 2 * row[-1].count('""')
    ):  # as Asterisk writes it: all in quotes, and more of them in the last column only
        row[-1] = row[-1].replace('""', '"')
        return row
    return _read(line)


def _read(line: str) -> list[str]:
    try:
        return next(csv.reader((line,), strict=True), [])
    except csv.Error as error:
        raise BadLine(f"not CSV: {error}") from error
