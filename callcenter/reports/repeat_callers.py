"""Numbers that called more than once.

What a number called in a whole month or year is kept, and is no less than what it called in a part
of it. So for long periods the numbers are looked at in the order of their months and years, the
most frequent first, until no further one can be among the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import CallerMonth, CallerYear
from callcenter.domain.counts import Counts
from callcenter.domain.periods import next_start, period_start
from callcenter.reports.asked import Asked

MOST_ROWS = 500
LOOKED_AT_ONCE = 600
MOST_LOOKS = 20  # then adding up everything is quicker
LONG_SECONDS = 10 * 86_400  # shorter periods have few enough calls to count them all


@dataclass(frozen=True)
class RepeatRow:
    caller_number: str
    first_at: float
    last_at: float
    counts: Counts


@dataclass(frozen=True)
class Slice:
    """[since, until) of the period, and the kept sums that hold it; `whole`: and nothing else."""

    table: Any
    start_at: float
    since: float
    until: float
    whole: bool


def run(session: Session, asked: Asked) -> list[RepeatRow]:
    if asked.queues or asked.until - asked.since < LONG_SECONDS:
        return _rows(session.execute(_most(_counted(asked, asked.since, asked.until))))
    slices = slices_of(asked)
    if len(slices) > 1 or not slices[0].whole:
        return _searched(session, asked, slices)
    return _rows(session.execute(_kept(slices[0])))


def slices_of(asked: Asked) -> list[Slice]:
    """Years and months that the period is made of, in order; what is yet to come is left out."""
    found, at = [], asked.since
    until = max(min(asked.until, asked.now), asked.since + 1)
    while at < until:
        one = _slice(asked, at, CallerYear, "year")
        if not one.whole:
            one = _slice(asked, at, CallerMonth, "month")
        found.append(one)
        at = one.until
    return found


def _slice(asked: Asked, at: float, table: Any, by: str) -> Slice:
    start = period_start(at, by, asked.zone)
    end = next_start(start, by, asked.zone)
    whole = at == start and min(end, asked.now) <= asked.until
    return Slice(table, start, at, end if whole else min(end, asked.until), whole)


def _kept(one: Slice) -> Any:
    row = one.table
    return (
        select(row.caller_number, row.first_at, row.last_at, row.calls, row.answered_calls)
        .where(row.start_at == one.start_at, row.calls > 1)
        .order_by(row.calls.desc(), row.caller_number.desc())
        .limit(MOST_ROWS)
    )


def _counted(
    asked: Asked, since: float, until: float, numbers: Collection[str] | None = None
) -> Any:
    """number, first, last, calls, answered: of every call in [since, until)."""
    answered = func.sum(case((Call.outcome == "answered", 1), else_=0))
    query = (
        select(
            Call.caller_number.label("number"), func.min(Call.started_at).label("first_at"),
            func.max(Call.started_at).label("last_at"), func.count().label("calls"),
            answered.label("answered"),
        )
        .where(
            Call.started_at >= since, Call.started_at < until, Call.direction == "inbound",
            Call.caller_number != "",
        )
        .group_by(Call.caller_number)
    )  # fmt: skip
    if numbers is not None:
        query = query.where(Call.caller_number.in_(numbers))
    return query.where(Call.queue.in_(asked.queues)) if asked.queues else query


def _added(asked: Asked, slices: Sequence[Slice], numbers: Collection[str] | None) -> Any:
    """The same of all slices, each from what is kept where it can be; `numbers` None: of all."""
    parts: list[Any] = [
        _counted(asked, each.since, each.until, numbers) for each in slices if not each.whole
    ]
    for row in (CallerYear, CallerMonth):
        starts = [each.start_at for each in slices if each.whole and each.table is row]
        kept = select(
            row.caller_number.label("number"), row.first_at, row.last_at, row.calls,
            row.answered_calls.label("answered"),
        ).where(row.start_at.in_(starts))  # fmt: skip
        if starts:
            parts.append(kept if numbers is None else kept.where(row.caller_number.in_(numbers)))
    each = union_all(*parts).subquery().c
    return select(
        each.number, func.min(each.first_at), func.max(each.last_at), func.sum(each.calls),
        func.sum(each.answered),
    ).group_by(each.number)  # fmt: skip


def _searched(session: Session, asked: Asked, slices: Sequence[Slice]) -> list[RepeatRow]:
    """The sum of what each slice has at most is the bound of a number not seen yet."""
    found: dict[str, RepeatRow] = {}
    lists = [_by_calls(session, each) for each in slices]
    for _ in range(MOST_LOOKS):
        parts = [list(islice(each, LOOKED_AT_ONCE)) for each in lists]
        numbers = {number for part in parts for number, _ in part} - found.keys()
        if numbers:
            rows = _rows(session.execute(_added(asked, slices, sorted(numbers))))
            found |= {row.caller_number: row for row in rows}
        repeated = [row for row in found.values() if row.counts.calls > 1]
        best = sorted(repeated, key=_place, reverse=True)[:MOST_ROWS]
        bound = sum(part[-1][1] for part in parts if len(part) == LOOKED_AT_ONCE)
        if bound < 2 or (len(best) == MOST_ROWS and best[-1].counts.calls > bound):
            return best
    return _rows(session.execute(_most(_added(asked, slices, None))))


def _most(query: Any) -> Any:
    """The first rows, of numbers that called more than once."""
    each = query.subquery().c
    number, first_at, last_at, calls, answered = each
    return (
        select(number, first_at, last_at, calls, answered)
        .where(calls > 1)
        .order_by(calls.desc(), number.desc())
        .limit(MOST_ROWS)
    )


def _by_calls(session: Session, one: Slice) -> Iterator[tuple[str, int]]:
    row = one.table
    query = select(row.caller_number, row.calls).where(row.start_at == one.start_at)
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
