"""Inbound calls by the number dialed and the last queue visited, day by day."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import DidDay
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days
from callcenter.ledger.rollups.queues import counted, microseconds

NAMES = ("start_at", "dialed", "queue", "calls", "answered_calls", "talk_us", "hold_us")


def roll_dids(session: Session, only: Only, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew; `only`: numbers dialed."""

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(Call.started_at)
        query = (
            select(
                when, Call.dialed, Call.queue, func.count(), counted(Call.outcome == "answered"),
                func.sum(microseconds(Call.talk_seconds)),
                func.sum(microseconds(Call.hold_seconds)),
            )
            .where(
                Call.started_at >= begin, Call.started_at < end, Call.direction == "inbound"
            )
            .group_by(when, Call.dialed, Call.queue)
        )  # fmt: skip
        return query if only is None else query.where(Call.dialed.in_(only))

    found = summed_days(session, select_of, 2, since, until, zone)
    rows = [dict(zip(NAMES, (*key, *sums), strict=True)) for key, sums in found.items()]
    replace_rows(session, DidDay, DidDay.dialed, only, since, until, rows)
