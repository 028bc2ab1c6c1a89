"""How often each number called, by local month and, from these, by local year."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import CallerMonth, CallerYear
from callcenter.domain.periods import next_start, period_start, period_starts
from callcenter.ledger.rollups.queues import counted

COLUMNS = ("start_at", "caller_number", "calls", "answered_calls", "first_at", "last_at")
# Which numbers are meant, as a condition on a column that holds one.
Numbers = Callable[[Any], ColumnElement[bool]]


def roll_callers(
    session: Session, instants: Iterable[float], numbers: Collection[str], zone: ZoneInfo
) -> None:
    """The months, and their years, that the instants fall in anew, of these numbers."""
    listed = sorted(set(numbers) - {""})
    if listed:
        months = sorted({period_start(at, "month", zone) for at in instants})
        for month in months:
            months_anew(session, month, month, zone, lambda column: column.in_(listed))
        for year in sorted({period_start(month, "year", zone) for month in months}):
            year_anew(session, year, zone, lambda column: column.in_(listed))


def callers_of_all_time(
    session: Session, bounds: tuple[float, float] | None, zone: ZoneInfo, numbers: Numbers
) -> None:
    """`bounds`: first and last instant that a call began at; None: there are no calls."""
    for table in (CallerMonth, CallerYear):
        session.execute(delete(table).where(numbers(table.caller_number)))
    if bounds is not None:
        months_anew(session, *bounds, zone, numbers)
        for year in period_starts(bounds[0], bounds[1] + 1, "year", zone):
            year_anew(session, year, zone, numbers)


def months_anew(
    session: Session, first: float, last: float, zone: ZoneInfo, numbers: Numbers
) -> None:
    """From the month that `first` falls in to the one of `last`."""
    starts = list(period_starts(first, last + 1, "month", zone))
    until = next_start(starts[-1], "month", zone)
    row = CallerMonth
    session.execute(
        delete(row).where(
            row.start_at >= starts[0], row.start_at < until, numbers(row.caller_number)
        )
    )
    befores = [(Call.started_at < after, literal(start)) for start, after in pairwise(starts)]
    month = case(*befores, else_=literal(starts[-1])) if befores else literal(starts[-1])
    calls = (
        select(month.label("month"), Call.caller_number, Call.outcome, Call.started_at)
        .where(
            numbers(Call.caller_number), Call.caller_number != "", Call.direction == "inbound",
            Call.started_at >= starts[0], Call.started_at < until,
        )
        .subquery()
    )  # fmt: skip
    each = calls.c
    query = select(
        each.month, each.caller_number, func.count(), counted(each.outcome == "answered"),
        func.min(each.started_at), func.max(each.started_at),
    ).group_by(each.month, each.caller_number)  # fmt: skip
    session.execute(insert(row).from_select(COLUMNS, query))


def year_anew(session: Session, year: float, zone: ZoneInfo, numbers: Numbers) -> None:
    """From its months."""
    row = CallerMonth
    session.execute(
        delete(CallerYear).where(CallerYear.start_at == year, numbers(CallerYear.caller_number))
    )
    query = (
        select(
            literal(year), row.caller_number, func.sum(row.calls), func.sum(row.answered_calls),
            func.min(row.first_at), func.max(row.last_at),
        )
        .where(
            numbers(row.caller_number), row.start_at >= year,
            row.start_at < next_start(year, "year", zone),
        )
        .group_by(row.caller_number)
    )  # fmt: skip
    session.execute(insert(CallerYear).from_select(COLUMNS, query))
