"""How often agents' phones rang, and nobody picked up, by day and last queue of the call."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import OFFER, Call, CallEvent
from callcenter.db.models.rollups import OfferDay
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days
from callcenter.ledger.rollups.queues import counted

NAMES = ("start_at", "agent", "queue", "rings", "unanswered_rings")


def roll_offers(session: Session, only: Only, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew; `only`: agents."""
    event = CallEvent

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(event.at)
        query = (
            select(
                when, event.agent, Call.queue, counted(event.kind == "agent_rang"),
                counted(event.kind == "no_answer"),
            )
            .join(Call, (Call.node == event.node) & (Call.id == event.call_id))
            .where(literal_column(OFFER), event.agent != "", event.at >= begin, event.at < end)
            .group_by(when, event.agent, Call.queue)
        )  # fmt: skip
        return query if only is None else query.where(event.agent.in_(only))

    found = summed_days(session, select_of, 2, since, until, zone)
    rows = [dict(zip(NAMES, (*key, *sums), strict=True)) for key, sums in found.items()]
    replace_rows(session, OfferDay, OfferDay.agent, only, since, until, rows)
