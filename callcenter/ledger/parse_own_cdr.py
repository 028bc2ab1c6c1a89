"""One line of our cdr-custom/cdr.csv → Fact; asterisk-conf/cdr_custom.conf has the columns.

Times are the machine's local ones. In the hour that comes twice in autumn the one is meant that the
channel's id, which holds the second of its start, does not come after.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime

from callcenter.domain.open_line import beyond
from callcenter.ledger.facts import BadLine, Fact, digest_of, refuse_garbage
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.parse_cel import set_apart

COLUMNS = (
    "start", "answer", "end", "src", "dst", "dcontext", "channel", "dstchannel", "duration",
    "billsec", "disposition", "uniqueid", "linkedid", "sequence",
)  # fmt: skip
KEPT = ("src", "dst", "dcontext", "channel", "dstchannel", "duration", "billsec", "disposition",
        "linkedid")  # fmt: skip
ANSWERED, UNANSWERED = "CDR-ANSWERED", "CDR-UNANSWERED"
OF_NO_CALL = "CDR-OF-NO-CALL"  # what meets an open line
_STARTED = re.compile(r"(?:.*-)?(\d+)\.\d+")


def parse_own_cdr(line: str) -> Fact:
    """Raises BadLine with the reason."""
    refuse_garbage(line)
    try:
        (row,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError) as error:
        raise BadLine(f"not CSV: {error}") from error
    if len(row) != len(COLUMNS):
        raise BadLine(f"{len(row)} columns instead of {len(COLUMNS)}")
    values = dict(zip(COLUMNS, row, strict=True))
    if not values["uniqueid"] or not values["linkedid"]:
        raise BadLine("uniqueid or linkedid is empty")
    if beyond(values["channel"], values["dcontext"]):
        set_apart(values)
    match = _STARTED.fullmatch(values["uniqueid"])
    began = float(match[1]) if match else 0.0
    at = _instant(values["start"], began)
    fields = {name: values[name] for name in KEPT if values[name]}
    fields["end_at"] = str(_instant(values["end"], at))
    event = ANSWERED if values["disposition"] == "ANSWERED" else UNANSWERED
    return Fact(
        source=CDR,
        digest=digest_of(CDR, line),
        at=at,
        event=event if values["uniqueid"] else OF_NO_CALL,
        uniqueid=values["uniqueid"][:160],
        linkedid=values["linkedid"][:160],
        fields=fields,
    )


def _instant(text: str, not_before: float) -> float:
    """The first instant with this local time that is not before (to the second)."""
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the machine's
    except ValueError as error:
        raise BadLine(f"not a time: {text[:40]!r}") from error
    first, second = (local.replace(fold=fold).timestamp() for fold in (0, 1))
    return second if first < not_before - 1 and second > first else first
