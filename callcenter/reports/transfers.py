"""Who handed calls to whom: a talk that followed another in the same call."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from callcenter.db.models.calls import CallTalk
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class TransferRow:
    """`to_phone` names who took it when no agent was signed in there."""

    queue: str
    agent: str
    to_agent: str
    to_phone: str
    times: int


def run(session: Session, asked: Asked) -> list[TransferRow]:
    one, other = aliased(CallTalk), aliased(CallTalk)
    query = (
        select(one.queue, one.agent, other.agent, other.phone, func.count())
        .join(
            other,
            (other.node == one.node)
            & (other.call_id == one.call_id)
            & (other.number == one.number + 1)
            & (other.phone != one.phone),
        )
        .where(one.started_at >= asked.since, one.started_at < asked.until)
        .group_by(one.queue, one.agent, other.agent, other.phone)
        .order_by(func.count().desc(), one.agent)
    )
    if asked.queues:
        query = query.where(one.queue.in_(asked.queues))
    if asked.agents:
        query = query.where(one.agent.in_(asked.agents))
    return [TransferRow(*row) for row in session.execute(query)]
