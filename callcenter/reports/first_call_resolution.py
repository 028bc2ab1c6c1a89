"""Whose matter was settled by one call: answered calls with no further call to the same queue."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from callcenter.db.models.calls import Call, QueueVisit
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked

WITHIN_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class ResolutionRow:
    queue: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[ResolutionRow]:
    visit, call = QueueVisit, Call
    later, later_call = aliased(QueueVisit), aliased(Call)
    again = exists().where(
        later_call.caller_number == call.caller_number,
        later_call.started_at > call.started_at,
        later_call.started_at <= call.started_at + WITHIN_SECONDS,
        later.node == later_call.node,
        later.call_id == later_call.id,
        later.queue == visit.queue,
    )
    query = (
        select(visit.queue, func.count(), func.sum(case((again, 1), else_=0)))
        .join(call, (call.node == visit.node) & (call.id == visit.call_id))
        .where(
            visit.entered_at >= asked.since,
            visit.entered_at < asked.until,
            visit.outcome == "answered",
            call.caller_number != "",
        )
        .group_by(visit.queue)
        .order_by(visit.queue)
    )
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    return [
        ResolutionRow(queue, Counts(answered=answered, returning=int(returning)))
        for queue, answered, returning in session.execute(query)
    ]
