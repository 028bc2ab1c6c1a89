"""The callers who waited longest.

The longest wait of each queue and day is kept. Those of the fifty days with the longest ones can be
no shorter than the fiftieth of these, so only visits of these days have to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, QueueVisit
from callcenter.db.models.rollups import QueueDay
from callcenter.domain.periods import next_start
from callcenter.reports.asked import Asked

MOST_ROWS = 50


@dataclass(frozen=True)
class LongestWaitRow:
    node: str
    call_id: str
    at: float
    caller_number: str
    queue: str
    outcome: str
    seconds: float


def run(session: Session, asked: Asked) -> list[LongestWaitRow]:
    visit = QueueVisit
    query = (
        select(
            visit.node, visit.call_id, visit.entered_at, Call.caller_number, visit.queue,
            visit.outcome, visit.wait_seconds,
        )
        .join(Call, (Call.node == visit.node) & (Call.id == visit.call_id))
        .where(visit.entered_at >= asked.since, visit.entered_at < asked.until)
        .order_by(visit.wait_seconds.desc(), visit.entered_at, visit.call_id)
        .limit(MOST_ROWS)
    )  # fmt: skip
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    if asked.whole_days:
        days = _days(session, asked)
        if not days:
            return []
        shortest_us = min(longest for _, _, longest in days) if len(days) == MOST_ROWS else 0
        query = query.where(
            visit.wait_seconds >= (shortest_us - 1) / 1e6,  # kept rounded
            or_(
                *(
                    and_(
                        visit.queue == queue,
                        visit.entered_at >= start,
                        visit.entered_at < next_start(start, "day", asked.zone),
                    )
                    for start, queue, _ in days
                )
            ),
        )
    return [LongestWaitRow(*row) for row in session.execute(query)]


def _days(session: Session, asked: Asked) -> list[tuple[float, str, int]]:
    row = QueueDay
    query = select(row.start_at, row.queue, row.longest_wait_us).where(
        row.start_at >= asked.since, row.start_at < asked.until
    )
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    found = session.execute(query.order_by(row.longest_wait_us.desc()).limit(MOST_ROWS))
    return [(start, queue, longest) for start, queue, longest in found]
