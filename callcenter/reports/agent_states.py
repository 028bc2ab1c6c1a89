"""How long agents were in each state: whole days from the roll-ups, anything else from the books.

What is still going on counts up to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.distinct import distinct_values
from callcenter.db.models.calls import OPEN, AgentInterval
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


def state_times(session: Session, asked: Asked, state: str = "") -> list[StateTime]:
    """One an agent, state and reason; `state`: of this one only."""
    found = list(_kept(session, asked, state)) if asked.whole_days else []
    spans = state_spans(session, asked, state, only_open=asked.whole_days)
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


def state_spans(
    session: Session, asked: Asked, state: str = "", *, only_open: bool = False
) -> list[Span]:
    """Each stretch that overlaps the period, cut to it, by agent and time."""
    row, until = AgentInterval, min(asked.until, asked.now)
    wanted = [row.started_at < until]
    if asked.agents:
        wanted.append(row.agent.in_(asked.agents))
    if state:
        wanted.append(row.state == state)
    rows = _read(session, *wanted, literal_column(OPEN))
    if not only_open:
        rows += _ended(session, asked, wanted)
    found = []
    for agent, named, reason, started_at, ended_at, *of_call in sorted(rows, key=itemgetter(0, 3)):
        start = max(started_at, asked.since)
        end = min(until if ended_at is None else ended_at, until)
        if end > start:
            found.append(Span(agent, named, reason, start, end, ended_at is None, *of_call))
    return found


def _ended(session: Session, asked: Asked, wanted: list[ColumnElement[bool]]) -> list[Any]:
    """Looked up by their beginning, and those that began before the period one by one: each agent
    has one on each node at most. So a week costs the same however much came after it."""
    row, since = AgentInterval, asked.since
    nodes = distinct_values(session, row.node)
    began = [row.started_at >= since, row.ended_at.is_not(None)]
    if asked.agents:
        began.append(row.node.in_(nodes))  # it leads the index that has agents too
    rows = _read(session, *wanted, *began)
    for agent in asked.agents or distinct_values(session, row.agent):
        for node in nodes:
            mine = (row.agent == agent, row.node == node, row.ended_at > since)
            first = session.scalar(
                select(row.started_at).where(*mine).order_by(row.ended_at, row.started_at).limit(1)
            )
            if first is not None and first < since:
                rows += _read(session, *wanted, *mine[:2], row.started_at == first)
    return rows


def _read(session: Session, *wanted: ColumnElement[bool]) -> list[Any]:
    row = AgentInterval
    columns = (row.agent, row.state, row.reason, row.started_at, row.ended_at, row.queue, row.node,
               row.call_id)  # fmt: skip
    return list(session.execute(select(*columns).where(*wanted)))


def _kept(session: Session, asked: Asked, state: str) -> Iterator[StateTime]:
    row = AgentStateDay
    query = select(
        row.agent, row.state, row.reason,
        func.sum(row.times), func.sum(row.total_us), func.max(row.longest_us),
    ).where(row.start_at >= asked.since, row.start_at < asked.until)  # fmt: skip
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    if state:
        query = query.where(row.state == state)
    for agent, named, reason, times, us, longest in session.execute(
        query.group_by(row.agent, row.state, row.reason)
    ):
        yield StateTime(agent, named, reason, int(times), int(us) / 1e6, int(longest) / 1e6)
