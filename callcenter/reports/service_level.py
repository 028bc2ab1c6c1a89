"""Each queue, period by period: how many in time, and every way the others left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts
from callcenter.domain.periods import next_start, period_start
from callcenter.reports.asked import Asked
from callcenter.reports.sums import sums_by


@dataclass(frozen=True)
class ServiceLevelRow:
    start_at: float
    until_at: float
    queue: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[ServiceLevelRow]:
    # Each start comes once a queue: the calendar is asked once for all of them.
    start_of = cache(lambda at: period_start(at, asked.by, asked.zone))
    end_of = cache(lambda start: next_start(start, asked.by, asked.zone))
    found = sums_by(session, asked, lambda at, queue: (start_of(at), queue))
    return [
        ServiceLevelRow(
            max(start, asked.since),
            min(end_of(start), asked.until),
            queue,
            counts,
        )
        for (start, queue), counts in sorted(found.items())
    ]
