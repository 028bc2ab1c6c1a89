"""The list of calls: typed filters in, one page of rows out. Read only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallTalk, QueueVisit
from callcenter.domain.counts import EXITS
from callcenter.domain.display import display_text
from callcenter.domain.errors import InvalidInput
from callcenter.domain.sight import EVERYTHING, Sight
from callcenter.domain.site import Team
from callcenter.reports.calls_behind import (
    KINDS,
    NOTHING_BEHIND,
    Behind,
    calls_behind,
    visit_conditions,
)
from callcenter.reports.seen import house_numbers, refuse_number_ask, seen_call, seen_calls

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
DIRECTIONS = ("inbound", "outbound", "internal", "feature", "spy")
OUTCOMES = (
    "answered", "abandoned", "voicemail", "closed", "self_service", "timeout", "overflow",
    "no_agents", "left", "not_answered", "failed", "cut", "feature", "spy",
)  # fmt: skip
# A number in a report counts visits of queues or talks of agents: its link asks for the calls in
# which such a visit or talk lies, by the visit's or talk's own time and queue.
COUNTED = ("visits", "talks", "calls", *KINDS)
RINGS = ("agent_rang", "no_answer")
MOST_ROWS_A_PAGE = 200
MOST_ROWS_EXPORTED = 100_000
# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LIKE_ESCAPE = "\\"


@dataclass(frozen=True)
class CallFilter:
    """None or empty: any. `since` and `until` are epoch seconds, half open."""

    since: float | None = None
    until: float | None = None
    number: str = ""  # part of the caller's number, name or of the number dialed
    queue: str = ""  # visited
    agent: str = ""  # talked in it
    outcome: str = ""
    direction: str = ""
    recorded: bool | None = None
    counted: str = ""  # one of COUNTED: what the period and the queue are about
    visit_outcome: str = ""
    wait_over: float | None = None  # of a visit
    wait_up_to: float | None = None
    dialed: str = ""  # exactly
    trunk: str = ""
    ring: str = ""  # one of RINGS: an offer to `agent`
    team: Team | None = None  # visits of its queues, talks of its agents
    behind: Behind = NOTHING_BEHIND
    sight: Sight = EVERYTHING  # of the person who asks; heeded here, whatever else is chosen


@dataclass(frozen=True)
class CallPage:
    rows: tuple[Call, ...]
    total: int
    page: int
    pages: int


def call_list(
    session: Session,
    chosen: CallFilter,
    *,
    sort: str = "started",
    descending: bool = True,
    page: int = 1,
    page_size: int = 50,
) -> CallPage:
    """One page. Raises InvalidInput for an unknown sort, outcome or direction."""
    size = max(1, min(page_size, MOST_ROWS_A_PAGE))
    refuse_number_ask(chosen.sight, chosen.number, sort)
    conditions = _conditions(chosen)
    total = session.scalar(select(func.count()).select_from(Call).where(*conditions)) or 0
    pages = max(1, -(-total // size))
    number = max(1, min(page, pages))
    query = _sorted(select(Call).where(*conditions), sort, descending)
    rows = session.scalars(query.offset((number - 1) * size).limit(size))
    house = house_numbers(session, chosen.sight)
    return CallPage(
        tuple(seen_call(call, chosen.sight, house) for call in rows), total, number, pages
    )


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
    query = _sorted(select(Call).where(*_conditions(chosen)), sort, descending)
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
    column = SORT_COLUMNS.get(sort)
    if column is None:
        raise InvalidInput(f"calls cannot be sorted by that; choose {', '.join(SORT_COLUMNS)}")
    if descending:
        return query.order_by(column.desc(), Call.id.desc())
    return query.order_by(column.asc(), Call.id.asc())


def _conditions(chosen: CallFilter) -> list[ColumnElement[bool]]:
    found = [*_about(chosen), *seen_calls(chosen.sight)]
    if chosen.number:
        found.append(_mentions(chosen.number))
    if chosen.dialed:
        found.append(Call.dialed == chosen.dialed)
        if chosen.sight.masks:  # the number dialed is our own, not somebody's to be tried out
            found.append(Call.direction == "inbound")
    if chosen.trunk and chosen.counted not in KINDS:
        found.append(Call.trunk == chosen.trunk)
    if chosen.outcome:
        found.append(Call.outcome == _known(chosen.outcome, OUTCOMES, "outcome"))
    if chosen.direction:
        found.append(Call.direction == _known(chosen.direction, DIRECTIONS, "direction"))
    if chosen.recorded is not None:
        found.append(Call.recording != "" if chosen.recorded else Call.recording == "")
    return found


def _about(chosen: CallFilter) -> list[ColumnElement[bool]]:
    """Period, queue and agent: of the call, or of one visit or talk in it."""
    counted = _known(chosen.counted, COUNTED, "counted") if chosen.counted else ""
    if counted == "visits":
        agent = [_has_talk(chosen.agent)] if chosen.agent else []
        return [_has_part(QueueVisit, _of_visit(chosen)), *agent]
    if counted == "talks":
        return [_has_part(CallTalk, _of_talk(chosen))]
    if counted in KINDS:
        place = (chosen.since, chosen.until, chosen.queue, chosen.agent, chosen.trunk)
        return [calls_behind(counted, *place, chosen.behind)]
    found = _within(Call.started_at, chosen)
    if chosen.queue:
        of_call = bool(counted or chosen.ring)
        found.append(Call.queue == chosen.queue if of_call else _has_visit(chosen.queue))
    if chosen.ring:
        found.append(_has_ring(_known(chosen.ring, RINGS, "ring"), chosen.agent))
    elif chosen.agent:
        found.append(_has_talk(chosen.agent))
    return found


def _of_visit(chosen: CallFilter) -> list[ColumnElement[bool]]:
    found = _within(QueueVisit.entered_at, chosen)
    if chosen.queue:
        found.append(QueueVisit.queue == chosen.queue)
    if chosen.team:
        found.append(QueueVisit.queue.in_(chosen.team.queues))
    if chosen.visit_outcome:
        outcome = _known(chosen.visit_outcome, EXITS, "visit_outcome")
        found.append(QueueVisit.outcome == outcome)
    if chosen.wait_over is not None:
        found.append(QueueVisit.wait_seconds > chosen.wait_over)
    if chosen.wait_up_to is not None:
        found.append(QueueVisit.wait_seconds <= chosen.wait_up_to)
    return [*found, *visit_conditions(chosen.since, chosen.until, chosen.behind)]


def _of_talk(chosen: CallFilter) -> list[ColumnElement[bool]]:
    found = _within(CallTalk.started_at, chosen)
    if chosen.queue:
        found.append(CallTalk.queue == chosen.queue)
    if chosen.agent:
        found.append(CallTalk.agent == chosen.agent)
    if chosen.team:
        found.append(CallTalk.agent.in_(chosen.team.agents))
    return found


def _within(column: Any, chosen: CallFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.since is not None:
        found.append(column >= chosen.since)
    if chosen.until is not None:
        found.append(column < chosen.until)
    return found


def _has_part(
    table: type[QueueVisit] | type[CallTalk], conditions: list[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """As a list of ids, so that the database starts from the few parts and not from all calls."""
    parts = select(table.node, table.call_id).where(*conditions)
    return tuple_(Call.node, Call.id).in_(parts)


def _has_ring(kind: str, agent: str) -> ColumnElement[bool]:
    return exists().where(
        CallEvent.node == Call.node,
        CallEvent.call_id == Call.id,
        CallEvent.kind == kind,
        CallEvent.agent == agent if agent else CallEvent.agent != "",
    )


def _known(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise InvalidInput(f"unknown {what}; choose one of {', '.join(known)}")
    return value


def _mentions(text: str) -> ColumnElement[bool]:
    escaped = text
    for special in (LIKE_ESCAPE, "%", "_"):
        escaped = escaped.replace(special, LIKE_ESCAPE + special)
    pattern = f"%{escaped}%"
    return (
        Call.caller_number.ilike(pattern, escape=LIKE_ESCAPE)
        | Call.caller_name.ilike(pattern, escape=LIKE_ESCAPE)
        | Call.dialed.ilike(pattern, escape=LIKE_ESCAPE)
    )


def _has_visit(queue: str) -> ColumnElement[bool]:
    return exists().where(
        QueueVisit.node == Call.node, QueueVisit.call_id == Call.id, QueueVisit.queue == queue
    )


def _has_talk(agent: str) -> ColumnElement[bool]:
    return exists().where(
        CallTalk.node == Call.node, CallTalk.call_id == Call.id, CallTalk.agent == agent
    )
