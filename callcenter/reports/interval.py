"""What came in and how it was met, period by period."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts, total
from callcenter.domain.periods import next_start, period_start, period_starts
from callcenter.reports.asked import Asked
from callcenter.reports.loads import loads_by, observed_seconds
from callcenter.reports.sums import sums_by

MOST_EMPTY_ROWS = 1000  # beyond that, periods in which nothing happened are left out


@dataclass(frozen=True)
class IntervalRow:
    start_at: float
    until_at: float
    counts: Counts


def run(session: Session, asked: Asked) -> list[IntervalRow]:
    found = sums_by(
        session, asked, lambda at, _: period_start(at, asked.by, asked.zone), by_queue=False
    )
    loads = loads_by(
        session, asked, lambda at, _: period_start(at, asked.by, asked.zone), by_queue=False
    )
    starts = list(period_starts(asked.since, min(asked.until, asked.now), asked.by, asked.zone))
    if len(starts) > MOST_EMPTY_ROWS:
        starts = []
    return [
        _row(start, asked, found.get(start, Counts()), loads.get(start, Counts()))
        for start in sorted({*starts, *found, *loads})
    ]


def _row(start: float, asked: Asked, counts: Counts, load: Counts) -> IntervalRow:
    since = max(start, asked.since)
    until = min(next_start(start, asked.by, asked.zone), asked.until)
    seconds = observed_seconds(replace(asked, since=since, until=until)) if until > since else 0.0
    return IntervalRow(since, until, total((counts, load, Counts(period_seconds=seconds))))
