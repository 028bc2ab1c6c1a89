"""An agent's sums by day: talks by queue, and time in each state, cut at midnight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk
from callcenter.db.models.rollups import AgentDay, AgentStateDay, AgentTalkDay
from callcenter.domain.periods import (
    QUARTER_SECONDS,
    day_start,
    local_day,
    next_start,
)
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


def roll_states(
    session: Session,
    agent: str,
    since: float,
    until: float,
    zone: ZoneInfo,
    nodes: Sequence[str] = (),
) -> None:
    """Days of [since, until) (both midnights) anew. `nodes`: all there are, where known."""
    table = AgentStateDay
    mine = (table.agent == agent, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    nodes = nodes or nodes_known(session)
    spans = [(agent, *span) for span in _spans(session, agent, since, until, nodes)]
    rows = [row for row in state_days(spans, zone) if since <= row["start_at"] < until]
    if rows:
        session.execute(insert(table), rows)


def _spans(
    session: Session, agent: str, since: float, until: float, nodes: Sequence[str]
) -> list[tuple[str, str, float, float]]:
    """Ended intervals of one agent that reach into [since, until): (state, reason, from, until).

    Those of one node never overlap, so at most one of each node ends beyond the stretch.
    """
    each = AgentInterval
    query = select(each.state, each.reason, each.started_at, each.ended_at).where(
        each.agent == agent
    )
    found = list(session.execute(query.where(each.ended_at >= since, each.ended_at < until)))
    beyond = query.where(each.ended_at >= until).order_by(each.ended_at, each.started_at).limit(1)
    for node in nodes:
        found += session.execute(beyond.where(each.node == node)).all()
    return [
        (state, reason, start, end)
        for state, reason, start, end in found
        if start < until and end is not None
    ]


def state_days(spans: Iterable[Span], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Ended intervals → one row an agent, day, state and reason. Pure."""
    found: dict[tuple[float, str, str, str], list[int]] = {}

    @cache  # a day begins with a quarter of an hour, everywhere
    def day_of(quarter: float) -> tuple[float, float]:
        start = day_start(local_day(quarter, zone), zone)
        return start, next_start(start, "day", zone)

    for agent, state, reason, started_at, ended_at in spans:
        (start, after), first = day_of(started_at // QUARTER_SECONDS * QUARTER_SECONDS), True
        while first or start < ended_at:
            us = round((min(ended_at, after) - max(started_at, start)) * 1_000_000)
            sums = found.setdefault((start, agent, state, reason[:LONGEST_REASON]), [0, 0, 0])
            sums[0] += int(first)
            sums[1] += us
            sums[2] = max(sums[2], us)
            (start, after), first = day_of(after), False
    return [
        {"start_at": start, "agent": agent, "state": state, "reason": reason,
         "times": times, "total_us": us, "longest_us": longest}
        for (start, agent, state, reason), (times, us, longest) in found.items()
    ]  # fmt: skip


def agents_known(session: Session) -> list[str]:
    return distinct_values(session, AgentInterval.agent)


def nodes_known(session: Session) -> list[str]:
    return distinct_values(session, AgentInterval.node)


def distinct_values(session: Session, column: Any) -> list[str]:
    """Of a column that leads an index, from one to the next: not by reading every row."""
    found: list[str] = []
    value = session.scalar(select(func.min(column)))
    while value is not None:
        found.append(value)
        value = session.scalar(select(func.min(column)).where(column > value))
    return found
