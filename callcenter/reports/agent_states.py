"""How long agents were in each state: whole days from the roll-ups, anything else from the books.

What is still going on counts up to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval
from callcenter.db.models.rollups import AgentStateDay
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class StateTime:
    agent: str
    state: str
    reason: str
    times: int
    seconds: float
    longest_seconds: float


@dataclass(frozen=True)
class Span:
    """One stretch in a state, cut to the asked period. `going_on`: it has not ended."""

    agent: str
    state: str
    reason: str
    start_at: float
    until_at: float
    going_on: bool
    queue: str = ""  # whose call
    node: str = ""
    call_id: str = ""

    @property
    def seconds(self) -> float:
        return self.until_at - self.start_at


def state_times(session: Session, asked: Asked) -> list[StateTime]:
    """One an agent, state and reason."""
    found = list(_kept(session, asked)) if asked.whole_days else []
    spans = state_spans(session, asked, only_open=asked.whole_days)
    found += [
        StateTime(each.agent, each.state, each.reason, 1, each.seconds, each.seconds)
        for each in spans
    ]
    merged: dict[tuple[str, str, str], list[StateTime]] = {}
    for each in found:
        merged.setdefault((each.agent, each.state, each.reason), []).append(each)
    return [
        StateTime(
            *key,
            sum(each.times for each in parts),
            sum(each.seconds for each in parts),
            max(each.longest_seconds for each in parts),
        )
        for key, parts in sorted(merged.items())
    ]


def state_spans(session: Session, asked: Asked, *, only_open: bool = False) -> list[Span]:
    """Each stretch that overlaps the period, cut to it, by agent and time."""
    row, until = AgentInterval, min(asked.until, asked.now)
    query = select(
        row.agent,
        row.state,
        row.reason,
        row.started_at,
        row.ended_at,
        row.queue,
        row.node,
        row.call_id,
    ).where(
        row.started_at < until,
        row.ended_at.is_(None) if only_open else _overlaps(asked.since),
    )
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    found = []
    for agent, state, reason, started_at, ended_at, *of_call in session.execute(
        query.order_by(row.agent, row.started_at)
    ):
        start = max(started_at, asked.since)
        end = min(until if ended_at is None else ended_at, until)
        if end > start:
            found.append(Span(agent, state, reason, start, end, ended_at is None, *of_call))
    return found


def _overlaps(since: float) -> ColumnElement[bool]:
    return AgentInterval.ended_at.is_(None) | (AgentInterval.ended_at > since)


def _kept(session: Session, asked: Asked) -> Iterator[StateTime]:
    row = AgentStateDay
    query = select(
        row.agent, row.state, row.reason,
        func.sum(row.times), func.sum(row.total_us), func.max(row.longest_us),
    ).where(row.start_at >= asked.since, row.start_at < asked.until)  # fmt: skip
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    for agent, state, reason, times, us, longest in session.execute(
        query.group_by(row.agent, row.state, row.reason)
    ):
        yield StateTime(agent, state, reason, int(times), int(us) / 1e6, int(longest) / 1e6)
