"""The numbers people dialed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import DidDay
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class DidRow:
    dialed: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[DidRow]:
    return [
        DidRow(
            dialed,
            Counts(
                calls=int(calls), answered_calls=int(answers), talk_seconds=float(talk),
                hold_seconds=float(hold),
            ),
        )
        for dialed, calls, answers, talk, hold in session.execute(
            _of_days(asked) if asked.whole_days else _of_calls(asked)
        )
    ]  # fmt: skip


def _of_days(asked: Asked) -> Any:
    row = DidDay
    calls = func.sum(row.calls)
    query = select(
        row.dialed, calls, func.sum(row.answered_calls), func.sum(row.talk_us) / 1e6,
        func.sum(row.hold_us) / 1e6,
    ).where(row.start_at >= asked.since, row.start_at < asked.until)  # fmt: skip
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    return query.group_by(row.dialed).order_by(calls.desc(), row.dialed)


def _of_calls(asked: Asked) -> Any:
    answered = func.sum(case((Call.outcome == "answered", 1), else_=0))
    query = select(
        Call.dialed, func.count(), answered, func.sum(Call.talk_seconds),
        func.sum(Call.hold_seconds),
    ).where(
        Call.started_at >= asked.since, Call.started_at < asked.until, Call.direction == "inbound"
    )  # fmt: skip
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    return query.group_by(Call.dialed).order_by(func.count().desc(), Call.dialed)
