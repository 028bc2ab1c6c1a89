"""How busy the trunks were: calls, minutes, and the most channels at once.

Ended channels are kept by quarter of an hour. From the first quarter on in which a channel is still
up, and where the period begins or ends within a quarter, the channels themselves are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import ON_A_TRUNK, Call, CallLeg
from callcenter.db.models.rollups import TrunkQuarter
from callcenter.domain.periods import (
    QUARTER_SECONDS,
    most_at_once,
    next_start,
    period_start,
    period_starts,
)
from callcenter.reports.asked import Asked

# A channel that was up when the period began may belong to a call that began before it.
LONGEST_CALL_SECONDS = 86_400
Sums = tuple[int, float, int]  # began, seconds, at once


@dataclass(frozen=True)
class TrunkRow:
    start_at: float
    until_at: float
    trunk: str
    began: int
    seconds: float
    at_once: int


def run(session: Session, asked: Asked) -> list[TrunkRow]:
    until = min(asked.until, asked.now)
    found: dict[tuple[float, str], list[Sums]] = defaultdict(list)
    first, last = _kept_quarters(session, asked, until)
    for start, trunk, began, used_us, at_once in session.execute(_quarters(first, last)):
        period = period_start(start, asked.by, asked.zone)
        found[period, trunk].append((began, used_us / 1e6, at_once))
    for begin, end in ((asked.since, min(first, until)), (max(last, first), until)):
        for key, sums in _of_legs(session, asked, begin, end):
            found[key].append(sums)
    return [_row(*key, parts, asked) for key, parts in sorted(found.items())]


def _kept_quarters(session: Session, asked: Asked, until: float) -> tuple[float, float]:
    """[from, until) that kept sums answer for."""
    first = -(-asked.since // QUARTER_SECONDS) * QUARTER_SECONDS
    up_since = session.scalar(
        select(func.min(CallLeg.started_at))
        .join(Call, (Call.node == CallLeg.node) & (Call.id == CallLeg.call_id))
        .where(
            literal_column(ON_A_TRUNK),
            CallLeg.ended_at.is_(None),
            Call.started_at > until - LONGEST_CALL_SECONDS,
            Call.started_at < until,
        )
    )
    last = until if up_since is None else min(until, up_since)
    return first, max(first, last // QUARTER_SECONDS * QUARTER_SECONDS)


def _quarters(since: float, until: float) -> Any:
    row = TrunkQuarter
    return select(row.start_at, row.trunk, row.began, row.used_us, row.at_once).where(
        row.start_at >= since, row.start_at < until
    )


def _of_legs(
    session: Session, asked: Asked, since: float, until: float
) -> Iterable[tuple[tuple[float, str], Sums]]:
    if since >= until:
        return
    leg = CallLeg
    query = (
        select(leg.party, leg.started_at, leg.ended_at)
        .join(Call, (Call.node == leg.node) & (Call.id == leg.call_id))
        .where(
            Call.started_at >= since - LONGEST_CALL_SECONDS,
            Call.started_at < until,
            literal_column(ON_A_TRUNK),
        )
    )
    spans: dict[tuple[float, str], list[tuple[float, float]]] = defaultdict(list)
    for trunk, started_at, ended_at in session.execute(query):
        start, end = max(started_at, since), min(ended_at or until, until)
        if end > start:
            for period in period_starts(start, end, asked.by, asked.zone):
                spans[period, trunk].append((started_at, end))
    for (start, trunk), listed in spans.items():
        begin = max(start, since)
        after = min(next_start(start, asked.by, asked.zone), until)
        cut = [(max(a, begin), min(b, after)) for a, b in listed]
        began = sum(a >= begin for a, _ in listed)
        yield (start, trunk), (began, sum(b - a for a, b in cut), most_at_once(cut))


def _row(start: float, trunk: str, parts: list[Sums], asked: Asked) -> TrunkRow:
    after = min(next_start(start, asked.by, asked.zone), asked.until)
    began, seconds, at_once = zip(*parts, strict=True)
    return TrunkRow(max(start, asked.since), after, trunk, sum(began), sum(seconds), max(at_once))
