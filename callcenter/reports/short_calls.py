"""Answered calls with hardly a conversation: wrong numbers, dead audio, or calls hung up on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import SHORT_CALL, Call
from callcenter.reports.asked import Asked

MOST_ROWS = 500


@dataclass(frozen=True)
class ShortCallRow:
    node: str
    call_id: str
    at: float
    caller_number: str
    queue: str
    agent: str
    ended_by: str
    seconds: float


def run(session: Session, asked: Asked) -> list[ShortCallRow]:
    query = (
        select(Call.node, Call.id, Call.started_at, Call.caller_number, Call.queue, Call.agent,
               Call.ended_by, Call.talk_seconds)
        .where(
            Call.started_at >= asked.since, Call.started_at < asked.until,
            literal_column(SHORT_CALL), Call.direction.in_(("inbound", "outbound")),
        )
        .order_by(Call.talk_seconds, Call.started_at)
        .limit(MOST_ROWS)
    )  # fmt: skip
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    if asked.agents:
        query = query.where(Call.agent.in_(asked.agents))
    return [ShortCallRow(*row) for row in session.execute(query)]
