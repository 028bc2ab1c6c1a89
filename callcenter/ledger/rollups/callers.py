"""How often each number called, by local year."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.rollups import CallerYear
from callcenter.domain.periods import next_start, period_start
from callcenter.ledger.rollups.queues import counted

COLUMNS = ("start_at", "caller_number", "calls", "answered_calls", "first_at", "last_at")


def roll_callers(
    session: Session, instants: Iterable[float], numbers: Collection[str], zone: ZoneInfo
) -> None:
    """The years that the instants fall in anew, of these numbers."""
    listed = sorted(set(numbers) - {""})
    if listed:
        mine = Call.caller_number.in_(listed), CallerYear.caller_number.in_(listed)
        for year in sorted({period_start(at, "year", zone) for at in instants}):
            year_anew(session, year, zone, *mine)


def year_anew(
    session: Session, year: float, zone: ZoneInfo, of_calls: Any, of_rows: ColumnElement[bool]
) -> None:
    """`of_calls`, `of_rows`: which numbers, as a condition on calls and on the kept rows."""
    session.execute(delete(CallerYear).where(CallerYear.start_at == year, of_rows))
    query = (
        select(
            literal(year), Call.caller_number, func.count(), counted(Call.outcome == "answered"),
            func.min(Call.started_at), func.max(Call.started_at),
        )
        .where(
            of_calls, Call.caller_number != "", Call.direction == "inbound",
            Call.started_at >= year, Call.started_at < next_start(year, "year", zone),
        )
        .group_by(Call.caller_number)
    )  # fmt: skip
    session.execute(insert(CallerYear).from_select(COLUMNS, query))
