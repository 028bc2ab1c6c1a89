"""Who handed calls to whom, day by day: a talk that went on at another phone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from callcenter.db.models.calls import CallTalk
from callcenter.db.models.rollups import TransferDay
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days

NAMES = ("start_at", "queue", "agent", "to_agent", "to_phone", "times")


def roll_transfers(
    session: Session, only: Only, since: float, until: float, zone: ZoneInfo
) -> None:
    """Days of [since, until) (both midnights) anew; `only`: agents who handed over."""
    one, other = aliased(CallTalk), aliased(CallTalk)

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(one.started_at)
        query = (
            select(when, one.queue, one.agent, other.agent, other.phone, func.count())
            .join(
                other,
                (other.node == one.node)
                & (other.call_id == one.call_id)
                & (other.number == one.number + 1)
                & (other.phone != one.phone),
            )
            .where(one.started_at >= begin, one.started_at < end)
            .group_by(when, one.queue, one.agent, other.agent, other.phone)
        )
        return query if only is None else query.where(one.agent.in_(only))

    found = summed_days(session, select_of, 4, since, until, zone)
    rows = [dict(zip(NAMES, (*key, *sums), strict=True)) for key, sums in found.items()]
    replace_rows(session, TransferDay, TransferDay.agent, only, since, until, rows)
