"""The callers who waited longest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, QueueVisit
from callcenter.reports.asked import Asked

MOST_ROWS = 50


@dataclass(frozen=True)
class LongestWaitRow:
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
            visit.call_id, visit.entered_at, Call.caller_number, visit.queue, visit.outcome,
            visit.wait_seconds,
        )
        .join(Call, (Call.node == visit.node) & (Call.id == visit.call_id))
        .where(visit.entered_at >= asked.since, visit.entered_at < asked.until)
        .order_by(visit.wait_seconds.desc(), visit.entered_at)
        .limit(MOST_ROWS)
    )  # fmt: skip
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    return [LongestWaitRow(*row) for row in session.execute(query)]
