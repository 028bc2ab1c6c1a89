"""How long a queue's visits waited, by day and way out."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import QueueVisit
from callcenter.db.models.rollups import QueueWaitDay
from callcenter.domain.counts import EXITS, WAIT_EDGES
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days

NAMES = tuple(f"waits_{number}" for number in range(len(WAIT_EDGES) + 1))


def roll_waits(session: Session, only: Only, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew; `only`: queues."""
    visit = QueueVisit
    stretch = case(
        *((visit.wait_seconds <= edge, number) for number, edge in enumerate(WAIT_EDGES)),
        else_=len(WAIT_EDGES),
    )

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(visit.entered_at)
        query = (
            select(when, visit.queue, visit.outcome, stretch, func.count())
            .where(visit.entered_at >= begin, visit.entered_at < end, visit.outcome != "waiting")
            .group_by(when, visit.queue, visit.outcome, stretch)
        )
        return query if only is None else query.where(visit.queue.in_(only))

    found: dict[tuple[float, str, str], dict[str, int]] = {}
    for key, (calls,) in summed_days(session, select_of, 3, since, until, zone).items():
        start, queue, outcome, number = key
        name = outcome if outcome in EXITS else "left"
        row = found.setdefault((start, queue, name), dict.fromkeys(NAMES, 0))
        row[NAMES[number]] += calls
    rows = [
        {"start_at": start, "queue": queue, "outcome": outcome, **sums}
        for (start, queue, outcome), sums in found.items()
    ]
    replace_rows(session, QueueWaitDay, QueueWaitDay.queue, only, since, until, rows)
