"""Reckons sums anew from the raw rows and says which were not as kept. They belong to be none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.rollups import CallerMonth, CallerYear
from callcenter.domain.periods import day_start, local_day
from callcenter.ledger.rollups.basis import locked_basis, site_basis
from callcenter.ledger.rollups.days_anew import days_anew
from callcenter.ledger.rollups.frozen import first_free_midnight, frozen_before
from callcenter.ledger.rollups.rebuild import (
    SUMS_OF_DAYS,
    callers_anew,
    finish_rebuild,
    known_bounds,
    last_of_some,
    numbers_between,
)

log = logging.getLogger(__name__)

DAYS_A_TRANSACTION = 7  # the ledger waits for no longer than it takes to reckon these
Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Wrong:
    """One row that was not what its raw rows say; it is mended already."""

    table: str
    start_at: float
    of: str  # queue or agent, and what else is in the key
    kept: str
    true: str


def prove(
    sessions: sessionmaker[Session], newest_days: int | None = None
) -> tuple[int, list[Wrong]]:
    """(rows compared, the wrong ones, mended). All days, or so many of the newest; callers by year
    only with all days. What comes in meanwhile waits for a slice at most.

    Sums whose raw rows have gone by age cannot be reckoned anew: they are left as they are.
    """
    finish_rebuild(sessions)
    compared, wrong = 0, []
    slices: list[_Callers | _Week] = [*_weeks(sessions, newest_days)]
    if newest_days is None:
        slices = [*_callers(sessions), *slices]
    for slice_ in slices:
        with sessions.begin() as session:
            locked_basis(session)
            rows, found = slice_.prove(session)
        compared += rows
        wrong += found
    for each in wrong:
        log.error("rollup_mended", extra=vars(each))
    return compared, wrong


@dataclass(frozen=True)
class _Week:
    first: date
    floor: float

    def prove(self, session: Session) -> tuple[int, list[Wrong]]:
        basis = site_basis(session)
        since = max(day_start(self.first, basis.zone), self.floor)
        until = day_start(self.first + timedelta(days=DAYS_A_TRANSACTION), basis.zone)
        before = _rows_between(session, since, until)
        days_anew(session, since, until, basis)
        return _compared(before, _rows_between(session, since, until))


@dataclass(frozen=True)
class _Callers:
    after: str
    last: str | None

    def prove(self, session: Session) -> tuple[int, list[Wrong]]:
        before = self._rows(session)
        returns = callers_anew(session, self.after, self.last, site_basis(session))
        rows, wrong = _compared(before, self._rows(session))
        wrong += [Wrong("queue_visits", at, queue, "next_at", "mended") for queue, at in returns]
        return rows, wrong

    def _rows(self, session: Session) -> Rows:
        found: Rows = {}
        for table in (CallerMonth, CallerYear):
            mine = numbers_between(table.caller_number, self.after, self.last)
            found |= _rows(session, table, mine)
        return found


def _callers(sessions: sessionmaker[Session]) -> Iterator[_Callers]:
    after = ""
    while True:
        with sessions.begin() as session:
            found = last_of_some(session, after)
        yield _Callers(after, found)
        if found is None:
            return
        after = found


def _weeks(sessions: sessionmaker[Session], newest_days: int | None) -> Iterator[_Week]:
    with sessions.begin() as session:
        bounds, zone = known_bounds(session), site_basis(session).zone
        floor = first_free_midnight(frozen_before(session), zone)
    if bounds is None:
        return
    day, last = local_day(max(bounds[0], floor), zone), local_day(bounds[1], zone)
    if newest_days is not None:
        day = max(day, last - timedelta(days=newest_days - 1))
    while day <= last:
        yield _Week(day, floor)
        day += timedelta(days=DAYS_A_TRANSACTION)


def _compared(before: Rows, after: Rows) -> tuple[int, list[Wrong]]:
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return len(after), [
        Wrong(
            key[0], key[1], " ".join(map(str, key[2:])), str(before.get(key)), str(after.get(key))
        )
        for key in sorted(changed, key=str)
    ]


def _rows_between(session: Session, since: float, until: float) -> Rows:
    found: Rows = {}
    for table in SUMS_OF_DAYS:
        found |= _rows(session, table, (table.start_at >= since) & (table.start_at < until))
    return found


def _rows(session: Session, table: Any, mine: ColumnElement[bool]) -> Rows:
    """(table, keys…) → sums."""
    keys = [column.name for column in table.__table__.primary_key]
    return {
        (table.__tablename__, *(row[key] for key in keys)): {
            name: value for name, value in row.items() if name not in keys
        }
        for row in session.execute(select(*table.__table__.columns).where(mine)).mappings()
    }
