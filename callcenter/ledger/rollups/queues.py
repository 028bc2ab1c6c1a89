"""A queue's sums by quarter of an hour and by day, from its visits and the talks they led to."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import CallTalk, QueueVisit
from callcenter.db.models.rollups import HouseQuarter, QueueDay, QueueQuarter
from callcenter.domain.counts import EXITS
from callcenter.domain.periods import (
    QUARTER_SECONDS,
    day_start,
    numbered_day,
    offset_stretches,
)

DAY_SECONDS = 86_400
KEYS = ("start_at", "queue")
GREATEST = "longest_wait_us"
SUMS = tuple(each.name for each in QueueDay.__table__.columns if each.name not in KEYS)


def roll_quarters(
    session: Session, queue: str, since: float, until: float, thresholds: tuple[int, int]
) -> None:
    """Reckons [since, until) anew; both are multiples of a quarter of an hour."""
    table = QueueQuarter
    mine = (table.queue == queue, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    rows = quarter_rows(session, queue, since, until, thresholds)
    if rows:
        session.execute(insert(table), rows)


def quarter_rows(
    session: Session, queue: str, since: float, until: float, thresholds: tuple[int, int]
) -> list[dict[str, Any]]:
    """The sums of the raw rows, one dict a quarter in which anything happened."""
    found: dict[float, dict[str, Any]] = {}
    for query in (_visits(queue, since, until, thresholds), _talks(queue, since, until)):
        for quarter, *sums in session.execute(query):
            start = float(quarter) * QUARTER_SECONDS
            row = found.setdefault(start, dict.fromkeys(SUMS, 0))
            names = [column.name for column in query.selected_columns][1:]
            row |= {name: int(value or 0) for name, value in zip(names, sums, strict=True)}
    return [{"start_at": start, "queue": queue, **row} for start, row in found.items()]


def _visits(queue: str, since: float, until: float, thresholds: tuple[int, int]) -> Any:
    within, short = thresholds
    visit = QueueVisit
    answered, abandoned = visit.outcome == "answered", visit.outcome == "abandoned"
    waited = microseconds(visit.wait_seconds)
    quarter = func.floor(visit.entered_at / QUARTER_SECONDS)
    exits = [
        counted(visit.outcome == name if name != "left" else ~visit.outcome.in_(_NOT_LEFT)).label(
            name
        )
        for name in EXITS
    ]
    return (
        select(
            quarter.label("quarter"),
            *exits,
            counted(abandoned & (visit.wait_seconds <= short)).label("short_abandoned"),
            counted(answered & (visit.wait_seconds <= within)).label("answered_within"),
            func.sum(case((answered, waited), else_=0)).label("wait_us"),
            func.sum(case((abandoned, waited), else_=0)).label("abandon_wait_us"),
            func.max(waited).label(GREATEST),
            counted(answered & visit.caller_known).label("answered_known"),
            counted(answered & visit.caller_known & visit.next_at.is_not(None)).label(
                "called_again"
            ),
        )
        .where(visit.queue == queue, visit.entered_at >= since, visit.entered_at < until)
        .group_by(quarter)
    )


# A way out that has no column of its own counts as `left`, so that offered always adds up.
_NOT_LEFT = tuple(name for name in EXITS if name != "left")


def _talks(queue: str, since: float, until: float) -> Any:
    talk = CallTalk
    quarter = func.floor(talk.started_at / QUARTER_SECONDS)
    return (
        select(
            quarter.label("quarter"),
            func.count().label("talks"),
            func.sum(microseconds(talk.talk_seconds)).label("talk_us"),
            func.sum(microseconds(talk.hold_seconds)).label("hold_us"),
        )
        .where(talk.queue == queue, talk.started_at >= since, talk.started_at < until)
        .group_by(quarter)
    )


def roll_days(session: Session, queue: str, since: float, until: float, zone: ZoneInfo) -> None:
    """Days of [since, until) (both midnights) anew, from the quarters."""
    mine = (QueueDay.queue == queue, QueueDay.start_at >= since, QueueDay.start_at < until)
    session.execute(delete(QueueDay).where(*mine))
    rows: dict[float, dict[str, Any]] = {}
    for begin, end, offset in offset_stretches(since, until, zone):
        for day, *sums in session.execute(_days(queue, begin, end, offset)):
            start = day_start(numbered_day(int(day)), zone)
            row = rows.setdefault(start, dict.fromkeys(SUMS, 0))
            for name, value in zip(SUMS, sums, strict=True):
                both = (row[name], int(value))
                row[name] = max(both) if name == GREATEST else sum(both)
    if rows:
        listed = [{"start_at": start, "queue": queue, **row} for start, row in rows.items()]
        session.execute(insert(QueueDay), listed)


def _days(queue: str, since: float, until: float, offset: int) -> Any:
    table = QueueQuarter
    day = func.floor((table.start_at + offset) / DAY_SECONDS)
    sums = [
        (func.max if name == GREATEST else func.sum)(getattr(table, name)).label(name)
        for name in SUMS
    ]
    mine = (table.queue == queue, table.start_at >= since, table.start_at < until)
    return select(day.label("day"), *sums).where(*mine).group_by(day)


def roll_house(session: Session, since: float, until: float) -> None:
    """All queues together in the quarters of [since, until), from those of each queue."""
    mine = (QueueQuarter.start_at >= since, QueueQuarter.start_at < until)
    session.execute(
        delete(HouseQuarter).where(HouseQuarter.start_at >= since, HouseQuarter.start_at < until)
    )
    sums = [
        (func.max if name == GREATEST else func.sum)(getattr(QueueQuarter, name)) for name in SUMS
    ]
    query = select(QueueQuarter.start_at, *sums).where(*mine).group_by(QueueQuarter.start_at)
    session.execute(insert(HouseQuarter).from_select(["start_at", *SUMS], query))


def queues_known(session: Session, since: float, until: float) -> set[str]:
    """Of raw rows in [since, until)."""
    found: set[str] = set()
    for column, at in (
        (QueueVisit.queue, QueueVisit.entered_at),
        (CallTalk.queue, CallTalk.started_at),
    ):
        found |= set(session.scalars(select(column).distinct().where(at >= since, at < until)))
    return found - {""}


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def microseconds(seconds: Any) -> ColumnElement[int]:
    return cast(func.round(seconds * 1_000_000), BigInteger)
