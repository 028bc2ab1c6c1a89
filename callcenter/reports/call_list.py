"""The list of calls: typed filters in, one page of rows out. Read only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.domain.display import display_text
from callcenter.domain.errors import InvalidInput
from callcenter.reports.call_filter import (
    COUNTED,
    DIRECTIONS,
    CallFilter,
    conditions,
    parts_of,
)
from callcenter.reports.keyset import END, Order, page_of
from callcenter.reports.number_search import searchable
from callcenter.reports.seen import house_numbers, refuse_number_ask, seen_call

__all__ = [
    "COUNTED", "DIRECTIONS", "END", "MOST_COUNTED", "SORT_COLUMNS", "CallFilter", "CallPage",
    "call_csv", "call_list", "safe_cell",
]  # fmt: skip

# What may stand in `sort=`. Everything else is refused before any SQL is made.
SORT_COLUMNS = {
    "started": Call.started_at,
    "caller": Call.caller_number,
    "queue": Call.queue,
    "agent": Call.agent,
    "outcome": Call.outcome,
    "wait": Call.wait_seconds,
    "talk": Call.talk_seconds,
}
MOST_ROWS_A_PAGE = 200
MOST_COUNTED = 1_000  # how far a list is counted; beyond, it is “more than”
MOST_PARTS = 5_000
MOST_ROWS_EXPORTED = 100_000
# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CallPage:
    """`more`: there are more than `total` calls. `page`, `pages` 0: not known. `after` and
    `before`: cursors of the next and the previous page, empty where there is none."""

    rows: tuple[Call, ...]
    total: int
    more: bool
    page: int
    pages: int
    after: str
    before: str


def call_list(
    session: Session,
    chosen: CallFilter,
    *,
    sort: str = "started",
    descending: bool = True,
    page: int = 1,
    page_size: int = 50,
    after: str = "",
    before: str = "",
) -> CallPage:
    """One page: by its number among the first ones, or by a cursor (`before=END`: the last one).
    Raises InvalidInput for an unknown sort, outcome or direction, and a torn cursor."""
    size = max(1, min(page_size, MOST_ROWS_A_PAGE))
    refuse_number_ask(chosen.sight, chosen.number, sort)
    chosen = searchable(session, chosen)
    query, order = _asked(session, chosen, sort, descending)
    total, more = _counted(session, chosen)
    pages = 0 if more else max(1, -(-total // size))
    if not (after or before) and more and page > MOST_COUNTED // size:
        before = END  # a link from when calls were counted to the last one
    if after or before:
        number, offset = pages if before == END else page, 0
    else:
        number = max(1, min(page, pages or page))
        offset = (number - 1) * size
    found = page_of(session, query, order, size, after=after, before=before, offset=offset)
    house = house_numbers(session, chosen.sight)
    rows = tuple(seen_call(call, chosen.sight, house) for call in found.rows)
    if more and not (found.after or found.before):  # the page is all there is
        total, more, pages = len(rows), False, 1
    total = max(total, len(rows))
    return CallPage(rows, total, more, number, pages, found.after, found.before)


def _asked(
    session: Session, chosen: CallFilter, sort: str, descending: bool
) -> tuple[Select[Any], Order]:
    column = _sort_column(sort)
    parts = parts_of(chosen) if sort == "started" else None
    if parts is None:
        whole = select(Call).where(*conditions(chosen))
        if sort == "started":
            return whole, Order((column, Call.id), (float, str), descending)
        kind = float if sort in ("wait", "talk") else str
        return whole, Order((column, Call.started_at, Call.id), (kind, float, str), descending)
    table = parts.table
    query = (
        select(Call)
        .join(table, (table.node == Call.node) & (table.call_id == Call.id))
        .where(*parts.conditions)
    )
    return query, Order((parts.at, table.call_id), (float, str), descending)


def _counted(session: Session, chosen: CallFilter) -> tuple[int, bool]:
    """How many, and whether there are more than that. No further than MOST_COUNTED, nor among more
    than MOST_PARTS visits or talks: these are read along an index, whatever the list's order."""
    parts = parts_of(chosen, MOST_PARTS)
    if parts is None:
        return _no_further(session, select(Call.id).where(*conditions(chosen)))
    table = parts.table
    call = (table.node == Call.node) & (table.call_id == Call.id)
    query = select(Call.id).join(table, call).where(*parts.conditions).order_by(parts.at.desc())
    found, more = _no_further(session, query)
    return found, more or _are_more(session, chosen)


def _no_further(session: Session, query: Select[Any]) -> tuple[int, bool]:
    some = query.limit(MOST_COUNTED + 1).subquery()
    found = session.scalar(select(func.count()).select_from(some)) or 0
    return min(found, MOST_COUNTED), found > MOST_COUNTED


def _are_more(session: Session, chosen: CallFilter) -> bool:
    """Visits or talks that were not looked at."""
    parts = parts_of(chosen)
    if parts is None:
        return False
    some = select(parts.table.number).where(*parts.own).order_by(parts.at)
    return session.scalar(some.offset(MOST_PARTS).limit(1)) is not None


def call_csv(
    session: Session,
    chosen: CallFilter,
    *,
    zone: str = "UTC",
    sort: str = "started",
    descending: bool = True,
) -> Iterator[str]:
    """The list as CSV, a line at a time; instants as `2026-11-23 14:05:09` in `zone`."""
    refuse_number_ask(chosen.sight, chosen.number, sort)
    chosen = searchable(session, chosen)
    query = _sorted(select(Call).where(*conditions(chosen)), sort, descending)
    yield _csv_line(CSV_COLUMNS)
    house = house_numbers(session, chosen.sight)
    rows = session.scalars(query.limit(MOST_ROWS_EXPORTED).execution_options(yield_per=500))
    for row in rows:
        call = seen_call(row, chosen.sight, house)
        yield _csv_line([_csv_value(call, name, zone) for name in CSV_COLUMNS])


def _csv_value(call: Call, column: str, zone: str) -> object:
    value = getattr(call, column)
    if value is None or not column.endswith("_at"):
        return value
    return datetime.fromtimestamp(value, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


CSV_COLUMNS = (
    "id", "node", "started_at", "answered_at", "ended_at", "direction", "caller_number",
    "caller_name", "dialed", "trunk", "queue", "agent", "outcome", "ended_by", "wait_seconds",
    "talk_seconds", "hold_seconds", "recording",
)  # fmt: skip


def safe_cell(value: object) -> str:
    """Text that no spreadsheet runs as a formula: a leading apostrophe makes it text.

    Control characters are left out first, so that none hides what a cell begins with.
    """
    if isinstance(value, int | float):
        return str(round(value, 3))
    whole = "" if value is None else str(value)
    text = display_text(whole)
    formula = whole.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if formula else text


def _csv_line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(value) for value in values])
    return out.getvalue()


def _sorted(query: Select[Any], sort: str, descending: bool) -> Select[Any]:
    column = _sort_column(sort)
    if descending:
        return query.order_by(column.desc(), Call.id.desc())
    return query.order_by(column.asc(), Call.id.asc())


def _sort_column(sort: str) -> Any:
    if sort not in SORT_COLUMNS:
        raise InvalidInput(f"calls cannot be sorted by that; choose {', '.join(SORT_COLUMNS)}")
    return SORT_COLUMNS[sort]
