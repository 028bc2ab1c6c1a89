"""Who handed calls to whom: a talk that followed another in the same call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from callcenter.db.models.calls import CallTalk
from callcenter.db.models.rollups import TransferDay
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class TransferRow:
    """`to_phone` names who took it when no agent was signed in there."""

    queue: str
    agent: str
    to_agent: str
    to_phone: str
    times: int


def run(session: Session, asked: Asked) -> list[TransferRow]:
    query = _of_days(asked) if asked.whole_days else _of_talks(asked)
    return [
        TransferRow(queue, agent, to_agent, to_phone, int(times))
        for queue, agent, to_agent, to_phone, times in session.execute(query)
    ]


def _of_days(asked: Asked) -> Any:
    row = TransferDay
    keys = (row.queue, row.agent, row.to_agent, row.to_phone)
    times = func.sum(row.times)
    query = select(*keys, times).where(row.start_at >= asked.since, row.start_at < asked.until)
    return _ordered(_narrowed(query, row, asked), times, keys)


def _of_talks(asked: Asked) -> Any:
    one, other = aliased(CallTalk), aliased(CallTalk)
    keys = (one.queue, one.agent, other.agent, other.phone)
    query = (
        select(*keys, func.count())
        .join(other, _followed(one, other))
        .where(one.started_at >= asked.since, one.started_at < asked.until)
    )
    return _ordered(_narrowed(query, one, asked), func.count(), keys)


def _narrowed(query: Any, row: Any, asked: Asked) -> Any:
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    return query.where(row.agent.in_(asked.agents)) if asked.agents else query


def _ordered(query: Any, times: Any, keys: tuple[Any, ...]) -> Any:
    queue, agent, to_agent, to_phone = keys
    return query.group_by(*keys).order_by(times.desc(), agent, queue, to_agent, to_phone)


def transferred_calls(
    since: float, until: float, queue: str, agent: str, to_agent: str, to_phone: str
) -> Select[Any, Any]:
    """(node, call id) of the calls of one row."""
    one, other = aliased(CallTalk), aliased(CallTalk)
    return (
        select(one.node, one.call_id)
        .join(other, _followed(one, other))
        .where(
            one.started_at >= since,
            one.started_at < until,
            one.queue == queue,
            one.agent == agent,
            other.agent == to_agent,
            other.phone == to_phone,
        )
    )


def _followed(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(
        other.node == one.node,
        other.call_id == one.call_id,
        other.number == one.number + 1,
        other.phone != one.phone,
    )
