"""Whose matter was settled by one call: answered calls with no further call to the same queue.

A visit knows when its caller came back (queue_visits.next_at); the sums count it where it entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import QueueVisit
from callcenter.db.models.rollups import QueueDay
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class ResolutionRow:
    queue: str
    counts: Counts


def called_again(call: Any, visit: Any) -> ColumnElement[bool]:
    """A later call of the same number was in the same queue within the days that count. `call` and
    `visit`: Call, QueueVisit or aliases of them in the query that this is for."""
    return and_(call.caller_number != "", visit.next_at.is_not(None))


def run(session: Session, asked: Asked) -> list[ResolutionRow]:
    return [
        ResolutionRow(queue, Counts(answered=int(answered), returning=int(returning)))
        for queue, answered, returning in session.execute(
            _of_days(asked) if asked.whole_days else _of_visits(asked)
        )
        if answered
    ]


def _of_days(asked: Asked) -> Any:
    row = QueueDay
    query = select(row.queue, func.sum(row.answered_known), func.sum(row.called_again)).where(
        row.start_at >= asked.since, row.start_at < asked.until
    )
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    return query.group_by(row.queue).order_by(row.queue)


def _of_visits(asked: Asked) -> Any:
    visit = QueueVisit
    again = func.sum(case((visit.next_at.is_not(None), 1), else_=0))
    query = select(visit.queue, func.count(), again).where(
        visit.entered_at >= asked.since,
        visit.entered_at < asked.until,
        visit.outcome == "answered",
        visit.caller_known,
    )
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    return query.group_by(visit.queue).order_by(visit.queue)
