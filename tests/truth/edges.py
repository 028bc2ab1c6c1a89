"""Instants so near to a border that phones cannot tell on which side the PBX saw them.

The phones know an instant to some hundredths of a second. Where it lies within `EDGE_SECONDS` of
the border of a quarter of an hour, or a wait so near to the seconds that the service level, a short
abandon or the report of waits divides at, the truth takes the books' own instant, if that is
as near; it is counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from callcenter.domain.counts import WAIT_EDGES
from tests.truth.books_of import Record
from tests.truth.findings import Findings
from tests.truth.site import divides
from tests.truth.told import TrueCall

EDGE_SECONDS = 0.25
QUARTER = 900


def settle_edges(call: TrueCall, record: Record, found: Findings) -> None:
    for visit, books in zip(call.visits, record.visits, strict=False):
        if _other_side(visit.entered, books.entered_at):
            visit.entered, found.at_edge = books.entered_at, found.at_edge + 1
        borders = (*divides(visit.queue), *WAIT_EDGES)
        if any(_beside(visit.wait, books.wait_seconds, border) for border in borders):
            visit.left, found.at_edge = visit.entered + books.wait_seconds, found.at_edge + 1
    for talk, theirs in zip(call.talks, record.talks, strict=False):
        if _other_side(talk.started, theirs.started_at):
            talk.started, found.at_edge = theirs.started_at, found.at_edge + 1


def _other_side(true: float, books: float) -> bool:
    return true // QUARTER != books // QUARTER and abs(true - books) <= EDGE_SECONDS


def _beside(true: float, books: float, border: float) -> bool:
    return (true <= border) != (books <= border) and abs(true - books) <= EDGE_SECONDS


def settle_all(calls: list[TrueCall], paired: Mapping[str, Record], found: Findings) -> None:
    for call in calls:
        record = paired.get(call.script.number)
        if record is not None:
            settle_edges(call, record, found)
