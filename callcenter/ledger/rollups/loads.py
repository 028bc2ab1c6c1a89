"""Sums of callers' time in queues, cut at the quarter, and of agents' time after their calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.distinct import distinct_values
from callcenter.db.models.calls import AgentInterval, QueueVisit
from callcenter.db.models.loads import AgentWrapUpDay, QueueLoadDay, QueueLoadQuarter
from callcenter.domain.periods import QUARTER_SECONDS, day_start, numbered_day, offset_stretches
from callcenter.ledger.rollups.days import Only, replace_rows, summed_days
from callcenter.ledger.rollups.queues import DAY_SECONDS, microseconds, queues_known

QUARTER_US = int(QUARTER_SECONDS) * 1_000_000
# A caller who entered this long before a quarter is not looked for in it.
LONGEST_WAIT_SECONDS = 86_400.0
LOAD_TABLES = (QueueLoadQuarter, QueueLoadDay, AgentWrapUpDay)
_SUMS = ("queued_us", "wrap_ups", "wrap_up_us")


def roll_load_quarters(session: Session, queue: str, since: float, until: float) -> None:
    """Reckons [since, until) anew; both are multiples of a quarter of an hour."""
    table = QueueLoadQuarter
    mine = (table.queue == queue, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    rows: dict[int, dict[str, int]] = {}
    for quarter, name, value in (
        *_waits_within(session, queue, since, until),
        *_waits_across(session, queue, since, until),
        *_wrap_ups(session, queue, since, until),
    ):
        row = rows.setdefault(quarter, dict.fromkeys(_SUMS, 0))
        row[name] += value
    if rows:
        listed = [
            {"start_at": quarter * QUARTER_SECONDS, "queue": queue, **row}
            for quarter, row in rows.items()
        ]
        session.execute(insert(table), listed)


def quarters_of_wait(entered_at: float, wait_seconds: float) -> Iterator[tuple[int, int]]:
    """(quarter's number, microseconds waited in it). Pure."""
    at = round(entered_at * 1_000_000)
    end = at + round(min(wait_seconds, LONGEST_WAIT_SECONDS) * 1_000_000)
    while at < end:
        quarter = at // QUARTER_US
        edge = min(end, (quarter + 1) * QUARTER_US)
        yield quarter, edge - at
        at = edge


def _waits_within(
    session: Session, queue: str, since: float, until: float
) -> Iterator[tuple[int, str, int]]:
    """Waits that begin and end in one quarter, added up by the database: nearly all."""
    visit = QueueVisit
    quarter = func.floor(visit.entered_at / QUARTER_SECONDS)
    query = (
        select(quarter, func.sum(microseconds(visit.wait_seconds)))
        .where(
            visit.queue == queue,
            visit.entered_at >= since,
            visit.entered_at < until,
            visit.wait_seconds > 0,
            quarter == _last_quarter(),
        )
        .group_by(quarter)
    )
    for number, value in session.execute(query):
        yield int(number), "queued_us", int(value)


def _waits_across(
    session: Session, queue: str, since: float, until: float
) -> Iterator[tuple[int, str, int]]:
    visit = QueueVisit
    query = select(visit.entered_at, visit.wait_seconds).where(
        visit.queue == queue,
        visit.entered_at >= since - LONGEST_WAIT_SECONDS,
        visit.entered_at < until,
        visit.entered_at + visit.wait_seconds >= since,
        func.floor(visit.entered_at / QUARTER_SECONDS) != _last_quarter(),
    )
    for entered_at, wait_seconds in session.execute(query):
        for quarter, value in quarters_of_wait(entered_at, wait_seconds):
            if since <= quarter * QUARTER_SECONDS < until:
                yield quarter, "queued_us", value


def _last_quarter() -> Any:
    return func.floor((QueueVisit.entered_at + QueueVisit.wait_seconds) / QUARTER_SECONDS)


def _wrap_ups(
    session: Session, queue: str, since: float, until: float
) -> Iterator[tuple[int, str, int]]:
    row = AgentInterval
    quarter = func.floor(row.started_at / QUARTER_SECONDS)
    query = (
        select(quarter, func.count(), func.sum(microseconds(row.ended_at - row.started_at)))
        .where(
            row.queue == queue,
            row.state == "wrap_up",
            row.started_at >= since,
            row.started_at < until,
        )
        .group_by(quarter)
    )
    for number, count, value in session.execute(query):
        yield int(number), "wrap_ups", int(count)
        yield int(number), "wrap_up_us", int(value)


def roll_load_days(
    session: Session, queue: str, since: float, until: float, zone: ZoneInfo
) -> None:
    """Days of [since, until) (both midnights) anew, from the quarters."""
    table, quarter = QueueLoadDay, QueueLoadQuarter
    mine = (table.queue == queue, table.start_at >= since, table.start_at < until)
    session.execute(delete(table).where(*mine))
    rows: dict[float, dict[str, int]] = {}
    for begin, end, offset in offset_stretches(since, until, zone):
        day = func.floor((quarter.start_at + offset) / DAY_SECONDS)
        query = (
            select(day, *(func.sum(getattr(quarter, name)) for name in _SUMS))
            .where(quarter.queue == queue, quarter.start_at >= begin, quarter.start_at < end)
            .group_by(day)
        )
        for number, *sums in session.execute(query):
            row = rows.setdefault(
                day_start(numbered_day(int(number)), zone), dict.fromkeys(_SUMS, 0)
            )
            for name, value in zip(_SUMS, sums, strict=True):
                row[name] += int(value)
    if rows:
        listed = [{"start_at": start, "queue": queue, **row} for start, row in rows.items()]
        session.execute(insert(table), listed)


def loaded_queues(session: Session, since: float, until: float) -> set[str]:
    """Those that may have been waited in, or worked after, within [since, until)."""
    found = queues_known(session, since - LONGEST_WAIT_SECONDS, until)
    return (found | {*distinct_values(session, AgentInterval.queue)}) - {""}


def roll_wrap_up_days(
    session: Session, only: Only, since: float, until: float, zone: ZoneInfo
) -> None:
    """Days of [since, until) (both midnights) anew; `only`: agents."""
    row, names = AgentInterval, ("start_at", "agent", "queue", "wrap_ups", "wrap_up_us")

    def select_of(day: Any, begin: float, end: float) -> Any:
        when = day(row.started_at)
        seconds = func.sum(microseconds(row.ended_at - row.started_at))
        query = (
            select(when, row.agent, row.queue, func.count(), seconds)
            .where(row.state == "wrap_up", row.started_at >= begin, row.started_at < end)
            .group_by(when, row.agent, row.queue)
        )
        return query if only is None else query.where(row.agent.in_(only))

    found = summed_days(session, select_of, 2, since, until, zone)
    rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in found.items()]
    replace_rows(session, AgentWrapUpDay, AgentWrapUpDay.agent, only, since, until, rows)
