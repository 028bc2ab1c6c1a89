"""Counts of each queue since local midnight, as docs/metrics.md defines them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import QueueVisit


@dataclass(frozen=True)
class QueueToday:
    """`waiting` is part of offered: offered = answered + abandoned + left otherwise + waiting."""

    offered: int
    answered: int
    abandoned: int
    short_abandoned: int  # part of abandoned
    answered_within: int  # of answered, within the service level's seconds
    waiting: int
    wait_seconds: float  # sum over answered
    longest_wait_seconds: float


def local_midnight(at: float, timezone: str) -> float:
    """Epoch seconds of the midnight before `at`; right on days of 23 and 25 hours too."""
    zone = ZoneInfo(timezone)
    day = datetime.fromtimestamp(at, zone).date()
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def queue_today(
    session: Session,
    queue: str,
    *,
    since: float,
    service_level_seconds: float,
    short_abandon_seconds: float,
) -> QueueToday:
    """Visits that entered `queue` at or after `since`."""
    answered = QueueVisit.outcome == "answered"
    abandoned = QueueVisit.outcome == "abandoned"
    short = abandoned & (QueueVisit.wait_seconds <= short_abandon_seconds)
    within = answered & (QueueVisit.wait_seconds <= service_level_seconds)

    row = session.execute(
        select(
            func.count(),
            _count(answered),
            _count(abandoned),
            _count(short),
            _count(within),
            _count(QueueVisit.outcome == "waiting"),
            func.coalesce(func.sum(case((answered, QueueVisit.wait_seconds), else_=0.0)), 0.0),
            func.coalesce(func.max(QueueVisit.wait_seconds), 0.0),
        ).where(QueueVisit.queue == queue, QueueVisit.entered_at >= since)
    ).one()
    return QueueToday(
        offered=int(row[0]),
        answered=int(row[1]),
        abandoned=int(row[2]),
        short_abandoned=int(row[3]),
        answered_within=int(row[4]),
        waiting=int(row[5]),
        wait_seconds=float(row[6]),
        longest_wait_seconds=float(row[7]),
    )


def answered_by_agent(session: Session, since: float) -> dict[str, int]:
    """Agent number → callers of queues they answered, who came at or after `since`."""
    query = (
        select(QueueVisit.agent, func.count())
        .where(QueueVisit.outcome == "answered", QueueVisit.entered_at >= since)
        .group_by(QueueVisit.agent)
    )
    return dict(session.execute(query).tuples().all())


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
