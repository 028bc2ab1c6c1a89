"""Numbers that called more than once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked

MOST_ROWS = 500


@dataclass(frozen=True)
class RepeatRow:
    caller_number: str
    first_at: float
    last_at: float
    counts: Counts


def run(session: Session, asked: Asked) -> list[RepeatRow]:
    answered = func.sum(case((Call.outcome == "answered", 1), else_=0))
    query = (
        select(
            Call.caller_number, func.min(Call.started_at), func.max(Call.started_at), func.count(),
            answered,
        )
        .where(
            Call.started_at >= asked.since, Call.started_at < asked.until,
            Call.direction == "inbound", Call.caller_number != "",
        )
        .group_by(Call.caller_number)
        .having(func.count() > 1)
        .order_by(func.count().desc(), func.min(Call.started_at), Call.caller_number)
        .limit(MOST_ROWS)
    )  # fmt: skip
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    return [
        RepeatRow(number, first, last, Counts(calls=calls, answered_calls=int(answers)))
        for number, first, last, calls, answers in session.execute(query)
    ]
