"""An agent's sums of talks by day, with and without their queues."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.distinct import distinct_values
from callcenter.db.models.calls import AgentInterval, CallTalk
from callcenter.db.models.rollups import AgentDay, AgentTalkDay
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days
from callcenter.ledger.rollups.queues import microseconds

LONGEST_REASON = 200
Span = tuple[str, str, str, float, float]  # agent, state, reason, from, until


def roll_talks(session: Session, only: Only, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew; `only`: agents."""
    talk, names = CallTalk, ("start_at", "agent", "queue", "talks", "talk_us", "hold_us")

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(talk.started_at)
        query = (
            select(
                when, talk.agent, talk.queue, func.count(),
                func.sum(microseconds(talk.talk_seconds)),
                func.sum(microseconds(talk.hold_seconds)),
            )
            .where(talk.agent != "", talk.started_at >= begin, talk.started_at < end)
            .group_by(when, talk.agent, talk.queue)
        )  # fmt: skip
        return query if only is None else query.where(talk.agent.in_(only))

    found = summed_days(session, select_of, 2, since, until, zone)
    rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in found.items()]
    replace_rows(session, AgentTalkDay, AgentTalkDay.agent, only, since, until, rows)


def roll_agent_days(session: Session, only: Only, since: float, until: float) -> None:
    """Days of [since, until) (both midnights) anew, from those of each queue; `only`: agents."""
    keys = ("start_at", "agent")
    names = [each.name for each in AgentDay.__table__.columns if each.name not in keys]
    row = AgentTalkDay
    query = (
        select(row.start_at, row.agent, *(func.sum(getattr(row, name)) for name in names))
        .where(row.start_at >= since, row.start_at < until)
        .group_by(row.start_at, row.agent)
    )
    if only is not None:
        query = query.where(row.agent.in_(only))
    replace_rows(session, AgentDay, AgentDay.agent, only, since, until, [])
    session.execute(insert(AgentDay).from_select([*keys, *names], query))


def agents_known(session: Session) -> list[str]:
    return distinct_values(session, AgentInterval.agent)


def nodes_known(session: Session) -> list[str]:
    return distinct_values(session, AgentInterval.node)
