"""How often each agent's phone rang for a call, and how often nobody picked it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import OFFER, Call, CallEvent
from callcenter.db.models.rollups import OfferDay
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class OffersRow:
    agent: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[OffersRow]:
    return [
        OffersRow(agent, Counts(rings=int(rings), unanswered_rings=int(missed)))
        for agent, rings, missed in session.execute(
            _of_days(asked) if asked.whole_days else _of_events(asked)
        )
    ]


def _of_days(asked: Asked) -> Any:
    row = OfferDay
    query = select(row.agent, func.sum(row.rings), func.sum(row.unanswered_rings)).where(
        row.start_at >= asked.since, row.start_at < asked.until
    )
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    return query.group_by(row.agent).order_by(row.agent)


def _of_events(asked: Asked) -> Any:
    """By the moment the phone rang."""
    event = CallEvent
    rang = func.sum(case((event.kind == "agent_rang", 1), else_=0))
    missed = func.sum(case((event.kind == "no_answer", 1), else_=0))
    query = select(event.agent, rang, missed).where(
        literal_column(OFFER), event.at >= asked.since, event.at < asked.until, event.agent != ""
    )
    if asked.agents:
        query = query.where(event.agent.in_(asked.agents))
    if asked.queues:
        query = query.join(Call, (Call.node == event.node) & (Call.id == event.call_id)).where(
            Call.queue.in_(asked.queues)
        )
    return query.group_by(event.agent).order_by(event.agent)
