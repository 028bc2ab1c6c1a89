"""The callers who waited longest.

The longest wait of each queue and day is kept, and of each queue and quarter of an hour. The fifty
longest waits lie in the fifty days that have the longest ones, and there in the fifty quarters
that have, so only visits of these have to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, QueueVisit
from callcenter.db.models.rollups import QueueDay, QueueQuarter
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
        quarters = _quarters(session, asked)
        if not quarters:
            return []
        shortest_us = quarters[-1].longest if len(quarters) == MOST_ROWS else 0
        query = query.where(
            visit.wait_seconds >= (shortest_us - 1) / 1e6,  # kept rounded
            or_(*(each.holds(visit.queue, visit.entered_at) for each in quarters)),
        )
    return [LongestWaitRow(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class _Slice:
    """Of one queue: [since, until), and the longest wait that began in it, in microseconds."""

    queue: str
    since: float
    until: float
    longest: int

    def holds(self, queue: Any, at: Any) -> ColumnElement[bool]:
        return and_(queue == self.queue, at >= self.since, at < self.until)


def _quarters(session: Session, asked: Asked) -> list[_Slice]:
    """Those with the longest waits, the longest first."""
    day, quarter = QueueDay, QueueQuarter
    days = _longest(session, asked, day, day.start_at >= asked.since, day.start_at < asked.until)
    if not days:
        return []
    within = [each.holds(quarter.queue, quarter.start_at) for each in days]
    return _longest(session, asked, quarter, or_(*within))


def _longest(
    session: Session, asked: Asked, row: Any, *wanted: ColumnElement[bool]
) -> list[_Slice]:
    query = select(row.queue, row.start_at, row.longest_wait_us).where(*wanted)
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    by = "day" if row is QueueDay else "15min"
    found = session.execute(
        query.order_by(row.longest_wait_us.desc(), row.start_at).limit(MOST_ROWS)
    )
    return [
        _Slice(queue, start, next_start(start, by, asked.zone), longest)
        for queue, start, longest in found
    ]
