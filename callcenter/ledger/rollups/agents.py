"""An agent's sums by day: talks by queue, and time in each state, cut at midnight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk
from callcenter.db.models.rollups import AgentDay, AgentStateDay, AgentTalkDay
from callcenter.domain.periods import (
    day_start,
    local_day,
    next_start,
    numbered_day,
    offset_stretches,
)
from callcenter.ledger.rollups.days import Only, replace_rows
from callcenter.ledger.rollups.queues import DAY_SECONDS, microseconds

LONGEST_REASON = 200
Span = tuple[str, str, str, float, float]  # agent, state, reason, from, until


def roll_talks(session: Session, agent: str, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew."""
    table = AgentTalkDay
    mine = (table.agent == agent, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    rows: dict[tuple[float, str], dict[str, Any]] = {}
    for begin, end, offset in offset_stretches(since, until, zone):
        for day, queue, *sums in session.execute(_talks(agent, begin, end, offset)):
            start = day_start(numbered_day(int(day)), zone)
            row = rows.setdefault((start, queue), {"talks": 0, "talk_us": 0, "hold_us": 0})
            for name, value in zip(row, sums, strict=True):
                row[name] += int(value)
    if rows:
        listed = [
            {"start_at": start, "agent": agent, "queue": queue, **row}
            for (start, queue), row in rows.items()
        ]
        session.execute(insert(table), listed)


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


def _talks(agent: str, since: float, until: float, offset: int) -> Any:
    talk = CallTalk
    day = func.floor((talk.started_at + offset) / DAY_SECONDS)
    return (
        select(
            day.label("day"),
            talk.queue,
            func.count(),
            func.sum(microseconds(talk.talk_seconds)),
            func.sum(microseconds(talk.hold_seconds)),
        )
        .where(talk.agent == agent, talk.started_at >= since, talk.started_at < until)
        .group_by(day, talk.queue)
    )


def roll_states(session: Session, agent: str, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew."""
    table = AgentStateDay
    mine = (table.agent == agent, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    spans = [(agent, *span) for span in _spans(session, agent, since, until)]
    rows = [row for row in state_days(spans, zone) if since <= row["start_at"] < until]
    if rows:
        session.execute(insert(table), rows)


def _spans(
    session: Session, agent: str, since: float, until: float
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
    for node in distinct_values(session, each.node):
        found += session.execute(beyond.where(each.node == node)).all()
    return [
        (state, reason, start, end)
        for state, reason, start, end in found
        if start < until and end is not None
    ]


def state_days(spans: Iterable[Span], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Ended intervals → one row an agent, day, state and reason. Pure."""
    found: dict[tuple[float, str, str, str], list[int]] = {}
    for agent, state, reason, started_at, ended_at in spans:
        start, first = day_start(local_day(started_at, zone), zone), True
        while first or start < ended_at:
            after = next_start(start, "day", zone)
            us = round((min(ended_at, after) - max(started_at, start)) * 1_000_000)
            sums = found.setdefault((start, agent, state, reason[:LONGEST_REASON]), [0, 0, 0])
            sums[0] += int(first)
            sums[1] += us
            sums[2] = max(sums[2], us)
            start, first = after, False
    return [
        {"start_at": start, "agent": agent, "state": state, "reason": reason,
         "times": times, "total_us": us, "longest_us": longest}
        for (start, agent, state, reason), (times, us, longest) in found.items()
    ]  # fmt: skip


def talkers_known(session: Session, since: float, until: float) -> set[str]:
    """Of talks that began in [since, until)."""
    talk = CallTalk
    query = select(talk.agent).distinct().where(talk.started_at >= since, talk.started_at < until)
    return set(session.scalars(query)) - {""}


def agents_known(session: Session) -> list[str]:
    return distinct_values(session, AgentInterval.agent)


def distinct_values(session: Session, column: Any) -> list[str]:
    """Of a column that leads an index, from one to the next: not by reading every row."""
    found: list[str] = []
    value = session.scalar(select(func.min(column)))
    while value is not None:
        found.append(value)
        value = session.scalar(select(func.min(column)).where(column > value))
    return found
