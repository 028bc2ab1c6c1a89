"""Numbers that called more than once.

What a number called in a whole year is kept, and is no less than what it called in a part of it. So
for long periods the numbers are looked at in the order of their years, the most frequent first,
until no further one can be among the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import CallerYear
from callcenter.domain.counts import Counts
from callcenter.domain.periods import next_start, period_starts
from callcenter.reports.asked import Asked

MOST_ROWS = 500
LOOKED_AT_ONCE = 500
LONG_SECONDS = 92 * 86_400  # shorter periods have few enough calls to count them all


@dataclass(frozen=True)
class RepeatRow:
    caller_number: str
    first_at: float
    last_at: float
    counts: Counts


def run(session: Session, asked: Asked) -> list[RepeatRow]:
    years = list(period_starts(asked.since, min(asked.until, asked.now), "year", asked.zone))
    if asked.queues or asked.until - asked.since < LONG_SECONDS or not years:
        return _rows(session.execute(_counted(asked).limit(MOST_ROWS)))
    if len(years) == 1 and _whole(years[0], asked):
        return _rows(session.execute(_of_year(years[0])))
    return _searched(session, asked, years)


def _whole(year: float, asked: Asked) -> bool:
    """Nothing of the year lies outside the period."""
    end = next_start(year, "year", asked.zone)
    return asked.since <= year and asked.until >= min(end, asked.now)


def _of_year(year: float) -> Any:
    row = CallerYear
    return (
        select(row.caller_number, row.first_at, row.last_at, row.calls, row.answered_calls)
        .where(row.start_at == year, row.calls > 1)
        .order_by(row.calls.desc(), row.caller_number.desc())
        .limit(MOST_ROWS)
    )


def _counted(asked: Asked) -> Any:
    answered = func.sum(case((Call.outcome == "answered", 1), else_=0))
    query = (
        select(
            Call.caller_number, func.min(Call.started_at), func.max(Call.started_at), func.count(),
            answered,
        )
        .where(
            Call.started_at >= asked.since, Call.started_at < asked.until,
            Call.direction == "inbound", Call.caller_number != "",
        )
        .group_by(Call.caller_number)
        .having(func.count() > 1)
        .order_by(func.count().desc(), Call.caller_number.desc())
    )  # fmt: skip
    return query.where(Call.queue.in_(asked.queues)) if asked.queues else query


def _searched(session: Session, asked: Asked, years: Sequence[float]) -> list[RepeatRow]:
    """Of several years the sum of what each has at most is the bound."""
    found: dict[str, RepeatRow] = {}
    lists = [_by_calls(session, year) for year in years]
    while True:
        parts = [list(islice(each, LOOKED_AT_ONCE)) for each in lists]
        numbers = {number for part in parts for number, _ in part} - found.keys()
        if numbers:
            query = _counted(asked).where(Call.caller_number.in_(sorted(numbers)))
            found |= {row.caller_number: row for row in _rows(session.execute(query))}
        best = sorted(found.values(), key=_place, reverse=True)[:MOST_ROWS]
        # A number not seen yet has no more than the last one seen of each year.
        bound = sum(part[-1][1] for part in parts if len(part) == LOOKED_AT_ONCE)
        if bound < 2 or (len(best) == MOST_ROWS and best[-1].counts.calls > bound):
            return best


def _by_calls(session: Session, year: float) -> Iterator[tuple[str, int]]:
    row = CallerYear
    query = select(row.caller_number, row.calls).where(row.start_at == year)
    found = session.execute(
        query.order_by(row.calls.desc(), row.caller_number.desc()),
        execution_options={"yield_per": LOOKED_AT_ONCE},
    )
    return ((number, calls) for number, calls in found)


def _place(row: RepeatRow) -> tuple[int, str]:
    return row.counts.calls, row.caller_number


def _rows(found: Any) -> list[RepeatRow]:
    return [
        RepeatRow(number, first, last, Counts(calls=int(calls), answered_calls=int(answers)))
        for number, first, last, calls, answers in found
    ]
