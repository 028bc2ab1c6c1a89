"""One line of cdr-csv/Master.csv, of Asterisk 1.8 to 22 and of FreePBX → Fact."""

from __future__ import annotations

import csv
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.ledger.facts import BadLine, Fact, digest_of, refuse_garbage

CDR = "cdr"
COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp",
    "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
    "uniqueid", "userfield", "peeraccount", "linkedid", "sequence",
)  # fmt: skip
FEWEST = COLUMNS.index("uniqueid") + 1  # `loguniqueid=yes`; without it nothing can be joined
KEPT = ("src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "disposition",
        "billsec", "linkedid")  # fmt: skip


def parse_cdr(line: str, zone: ZoneInfo) -> Fact:
    """`zone`: of the times in the file. Raises BadLine with the reason."""
    refuse_garbage(line)
    try:
        (row,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError) as error:
        raise BadLine(f"not CSV: {error}") from error
    if len(row) < FEWEST:
        raise BadLine(f"{len(row)} columns, at least {FEWEST} expected: set loguniqueid=yes")
    values = dict(zip(COLUMNS, row, strict=False))
    if not values["uniqueid"]:
        raise BadLine("uniqueid is empty")
    fields = {name: values[name] for name in KEPT if values.get(name)}
    for name in ("answer", "end"):
        if values[name]:
            fields[f"{name}_at"] = str(_instant(values[name], zone))
    return Fact(
        source=CDR,
        digest=digest_of(CDR, line),
        at=_instant(values["start"], zone),
        event="CDR",
        uniqueid=values["uniqueid"][:160],
        linkedid=(values.get("linkedid") or values["uniqueid"])[:160],
        fields=fields,
    )


def _instant(text: str, zone: ZoneInfo) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).timestamp()
    except ValueError as error:
        raise BadLine(f"not a time: {text[:40]!r}") from error
