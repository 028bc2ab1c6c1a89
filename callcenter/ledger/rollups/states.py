"""An agent's time in each state by day, cut at midnight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, func, insert, not_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval
from callcenter.db.models.rollups import AgentStateDay
from callcenter.domain.periods import (
    QUARTER_SECONDS,
    day_start,
    local_day,
    next_start,
    numbered_day,
    offset_stretches,
)
from callcenter.ledger.rollups.agents import agents_known, nodes_known
from callcenter.ledger.rollups.days import day_of
from callcenter.ledger.rollups.queues import microseconds

LONGEST_REASON = 200
Span = tuple[str, str, str, float, float]  # agent, state, reason, from, until
KEYS = ("start_at", "agent", "state", "reason")
SUMS = ("times", "total_us", "longest_us")


def roll_states(session: Session, agent: str, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew, of one agent."""
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
    for node in nodes_known(session):
        found += session.execute(beyond.where(each.node == node)).all()
    return [
        (state, reason, start, end)
        for state, reason, start, end in found
        if start < until and end is not None
    ]


def roll_all_states(session: Session, since: float, until: float, zone: ZoneInfo) -> None:
    """The same of all agents; the database adds up what lies within a day, which is nearly all."""
    table = AgentStateDay
    session.execute(delete(table).where(table.start_at >= since, table.start_at < until))
    spans = [*_reaching_in(session, since)]
    found: dict[tuple[Any, ...], list[int]] = {}
    for begin, end, offset in offset_stretches(since, until, zone):
        spans += session.execute(_beyond_a_day(begin, end, offset))
        for number, *key, times, us, longest in session.execute(_of_a_day(begin, end, offset)):
            place = (day_start(numbered_day(int(number)), zone), *key)
            _add(found, place, int(times), int(us), int(longest))
    for row in state_days(spans, zone):
        if since <= row["start_at"] < until:
            _add(found, tuple(row[name] for name in KEYS), *(row[name] for name in SUMS))
    rows = [dict(zip((*KEYS, *SUMS), (*key, *sums), strict=True)) for key, sums in found.items()]
    if rows:
        session.execute(insert(table), rows)


def _add(
    found: dict[tuple[Any, ...], list[int]], key: tuple[Any, ...], times: int, us: int, longest: int
) -> None:
    sums = found.setdefault(key, [0, 0, 0])
    found[key] = [sums[0] + times, sums[1] + us, max(sums[2], longest)]


def _of_a_day(begin: float, end: float, offset: int) -> Any:
    """Intervals that began in [begin, end) and ended on the same day."""
    row, us = AgentInterval, microseconds(AgentInterval.ended_at - AgentInterval.started_at)
    reason = func.substr(row.reason, 1, LONGEST_REASON)
    keys = (day_of(offset)(row.started_at), row.agent, row.state, reason)
    return (
        select(*keys, func.count(), func.sum(us), func.max(us))
        .where(row.started_at >= begin, row.started_at < end, _ends_on_its_day(end, offset))
        .group_by(*keys)
    )


def _beyond_a_day(begin: float, end: float, offset: int) -> Any:
    row = AgentInterval
    return select(row.agent, row.state, row.reason, row.started_at, row.ended_at).where(
        row.started_at >= begin,
        row.started_at < end,
        row.ended_at.is_not(None),
        not_(_ends_on_its_day(end, offset)),
    )


def _ends_on_its_day(end: float, offset: int) -> ColumnElement[bool]:
    """`end`: until when the clocks have this offset."""
    row, day = AgentInterval, day_of(offset)
    return and_(row.ended_at < end, day(row.started_at) == day(row.ended_at))


def _reaching_in(session: Session, since: float) -> Iterator[Span]:
    """Intervals that began before and ended after; one of each node at most, as above."""
    row = AgentInterval
    query = (
        select(row.agent, row.state, row.reason, row.started_at, row.ended_at)
        .where(row.ended_at > since)
        .order_by(row.ended_at, row.started_at)
        .limit(1)
    )
    nodes = nodes_known(session)
    for agent in agents_known(session):
        for node in nodes:
            for span in session.execute(query.where(row.agent == agent, row.node == node)):
                if span.started_at < since:
                    yield tuple(span)  # type: ignore[misc]


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
