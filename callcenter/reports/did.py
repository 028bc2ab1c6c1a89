"""The numbers people dialed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class DidRow:
    dialed: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[DidRow]:
    answered = func.sum(case((Call.outcome == "answered", 1), else_=0))
    query = (
        select(Call.dialed, func.count(), answered, func.sum(Call.talk_seconds),
               func.sum(Call.hold_seconds))
        .where(
            Call.started_at >= asked.since, Call.started_at < asked.until,
            Call.direction == "inbound",
        )
        .group_by(Call.dialed)
        .order_by(func.count().desc(), Call.dialed)
    )  # fmt: skip
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    return [
        DidRow(
            dialed,
            Counts(calls=calls, answered_calls=int(answers), talk_seconds=talk, hold_seconds=hold),
        )
        for dialed, calls, answers, talk, hold in session.execute(query)
    ]
