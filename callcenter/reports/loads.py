"""Callers' time in queues and agents' time after their calls, from the kept sums, as `Counts`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval
from callcenter.db.models.loads import AgentWrapUpDay, QueueLoadDay, QueueLoadQuarter
from callcenter.domain.counts import Counts
from callcenter.domain.periods import FINE, QUARTER_SECONDS
from callcenter.reports.asked import Asked


def loads_by(
    session: Session,
    asked: Asked,
    key_of: Callable[[float, str], Any],
    *,
    by_start: bool = True,
    by_queue: bool = True,
) -> dict[Any, Counts]:
    """Loads of the asked queues under `key_of(start of the kept slice, queue)`.

    Without `by_start` the key gets 0.0 for the start, without `by_queue` "" for the queue: the
    database then adds up and has less to hand over.
    """
    quarters = (asked.by in FINE and by_start) or not asked.whole_days
    table: Any = QueueLoadQuarter if quarters else QueueLoadDay
    start: Any = table.start_at if by_start else literal(0.0)
    queue: Any = table.queue if by_queue else literal("")
    groups = [*([start] if by_start else []), *([queue] if by_queue else [])]
    since = asked.since // QUARTER_SECONDS * QUARTER_SECONDS
    query = select(
        start, queue, func.sum(table.queued_us), func.sum(table.wrap_ups),
        func.sum(table.wrap_up_us),
    ).where(table.start_at >= since, table.start_at < asked.until)  # fmt: skip
    if asked.queues:
        query = query.where(table.queue.in_(asked.queues))
    query = query.group_by(*groups) if groups else query.having(func.count() > 0)
    found: dict[Any, list[int]] = {}
    for at, name, *sums in session.execute(query):
        present = found.setdefault(key_of(float(at), name), [0, 0, 0])
        for place, value in enumerate(sums):
            present[place] += int(value)
    return {
        key: Counts(
            queued_seconds=queued / 1e6, wrap_ups=wrap_ups, wrap_up_seconds=wrap_up / 1e6
        )
        for key, (queued, wrap_ups, wrap_up) in found.items()
    }  # fmt: skip


def observed_seconds(asked: Asked) -> float:
    """From the first quarter that counts to the end, or to now."""
    since = asked.since // QUARTER_SECONDS * QUARTER_SECONDS
    return max(0.0, min(asked.until, asked.now) - since)


def wrap_up_of_agents(session: Session, asked: Asked) -> dict[str, Counts]:
    """Wrap-ups that began in the period, after calls of the asked queues."""
    row: Any
    count: Any
    if asked.whole_days:
        row, count = AgentWrapUpDay, func.sum(AgentWrapUpDay.wrap_ups)
        at, seconds = row.start_at, func.sum(row.wrap_up_us) / 1e6
    else:
        row, count = AgentInterval, func.count()
        at, seconds = row.started_at, func.sum(row.ended_at - row.started_at)
    query = select(row.agent, count, seconds).where(at >= asked.since, at < asked.until)
    if row is AgentInterval:
        query = query.where(row.state == "wrap_up")
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    return {
        agent: Counts(wrap_ups=int(wrap_ups), wrap_up_seconds=float(seconds))
        for agent, wrap_ups, seconds in session.execute(query.group_by(row.agent))
    }
