"""Sums by local day, right on days of 23 and 25 hours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, delete, func, insert
from sqlalchemy.orm import Session

from callcenter.domain.periods import day_start, numbered_day, offset_stretches

DAY_SECONDS = 86_400
Only = Collection[str] | None  # the keys meant; None: all there are
# (day expression of an instant, from, until) → SELECT day, keys…, sums… GROUP BY day, keys…
SelectOf = Callable[[Callable[[Any], ColumnElement[Any]], float, float], Select[Any]]


def summed_days(
    session: Session, select_of: SelectOf, keys: int, since: float, until: float, zone: ZoneInfo
) -> dict[tuple[Any, ...], list[int]]:
    """(start of the day, keys…) → sums; [since, until) are midnights."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for begin, end, offset in offset_stretches(since, until, zone):
        for row in session.execute(select_of(day_of(offset), begin, end)):
            day, rest = row[0], tuple(row)[1:]
            key = (day_start(numbered_day(int(day)), zone), *rest[:keys])
            sums = [int(value or 0) for value in rest[keys:]]
            present = found.get(key)
            if present is not None:
                sums = [a + b for a, b in zip(present, sums, strict=True)]
            found[key] = sums
    return found


def day_of(offset: int) -> Callable[[Any], ColumnElement[Any]]:
    return lambda at: func.floor((at + offset) / DAY_SECONDS)


def replace_rows(
    session: Session, table: Any, key: Any, only: Only, since: float, until: float, rows: Any
) -> None:
    """Takes out the rows of [since, until) whose `key` is in `only`, and puts `rows` in."""
    meant = delete(table).where(table.start_at >= since, table.start_at < until)
    session.execute(meant if only is None else meant.where(key.in_(only)))
    if rows:
        session.execute(insert(table), rows)
