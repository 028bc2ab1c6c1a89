"""How often each agent's phone rang for a call, and how often nobody picked it up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class OffersRow:
    agent: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[OffersRow]:
    event = CallEvent
    query = (
        select(
            event.agent,
            func.sum(case((event.kind == "agent_rang", 1), else_=0)),
            func.sum(case((event.kind == "no_answer", 1), else_=0)),
        )
        .join(Call, (Call.node == event.node) & (Call.id == event.call_id))
        .where(
            Call.started_at >= asked.since,
            Call.started_at < asked.until,
            event.kind.in_(("agent_rang", "no_answer")),
            event.agent != "",
        )
        .group_by(event.agent)
        .order_by(event.agent)
    )
    if asked.agents:
        query = query.where(event.agent.in_(asked.agents))
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    return [
        OffersRow(agent, Counts(rings=int(rings), unanswered_rings=int(missed)))
        for agent, rings, missed in session.execute(query)
    ]
