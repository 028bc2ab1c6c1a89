"""Which calls are asked for: a typed filter as conditions on the books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, select, tuple_
from sqlalchemy.orm import aliased

from callcenter.db.models.calls import OFFER, Call, CallEvent, CallTalk, QueueVisit
from callcenter.domain.counts import EXITS
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
from callcenter.reports.seen import seen_calls

DIRECTIONS = ("inbound", "outbound", "internal", "feature", "spy")
OUTCOMES = (
    "answered", "abandoned", "voicemail", "callback", "closed", "self_service", "timeout",
    "overflow", "no_agents", "left", "not_answered", "failed", "cut", "feature", "spy",
)  # fmt: skip
# A number in a report counts visits of queues or talks of agents: its link asks for the calls in
# which such a visit or talk lies, by the visit's or talk's own time and queue.
COUNTED = ("visits", "talks", "calls", *KINDS)
RINGS = ("agent_rang", "no_answer")
LIKE_ESCAPE = "\\"
# A visit is entered, a talk begins, no later than this after the call.
LONGEST_CALL_SECONDS = 86_400.0


@dataclass(frozen=True)
class CallFilter:
    """None or empty: any. `since` and `until` are epoch seconds, half open."""

    since: float | None = None
    until: float | None = None
    number: str = ""  # part of the caller's number, name or of the number dialed
    whole_number: bool = False  # all of the caller's number or of the number dialed
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


def conditions(chosen: CallFilter) -> list[ColumnElement[bool]]:
    """For a query over calls. Raises InvalidInput for an unknown outcome or direction."""
    return [*_about(chosen), *_besides(chosen)]


def _besides(chosen: CallFilter) -> list[ColumnElement[bool]]:
    """What is asked of the call as a whole."""
    found = [*seen_calls(chosen.sight)]
    if chosen.number:
        found.append(_mentions(chosen))
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
    found = [] if chosen.ring else within(Call.started_at, chosen)
    if chosen.queue:
        of_call = bool(counted or chosen.ring)
        found.append(Call.queue == chosen.queue if of_call else _has_visit(chosen.queue))
    if chosen.ring:
        found.append(_has_ring(chosen))
    elif chosen.agent:
        found.append(_has_talk(chosen.agent))
    return found


def _of_visit(chosen: CallFilter, visit: Any = QueueVisit) -> list[ColumnElement[bool]]:
    found = within(visit.entered_at, chosen)
    if chosen.queue:
        found.append(visit.queue == chosen.queue)
    if chosen.team:
        found.append(visit.queue.in_(chosen.team.queues))
    if chosen.visit_outcome:
        outcome = _known(chosen.visit_outcome, EXITS, "visit_outcome")
        found.append(visit.outcome == outcome)
    if chosen.wait_over is not None:
        found.append(visit.wait_seconds > chosen.wait_over)
    if chosen.wait_up_to is not None:
        found.append(visit.wait_seconds <= chosen.wait_up_to)
    return [*found, *visit_conditions(chosen.since, chosen.until, chosen.behind)]


def _of_talk(chosen: CallFilter, talk: Any = CallTalk) -> list[ColumnElement[bool]]:
    found = within(talk.started_at, chosen)
    if chosen.queue:
        found.append(talk.queue == chosen.queue)
    if chosen.agent:
        found.append(talk.agent == chosen.agent)
    if chosen.team:
        found.append(talk.agent.in_(chosen.team.agents))
    return found


def within(column: Any, chosen: CallFilter) -> list[ColumnElement[bool]]:
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


def _has_ring(chosen: CallFilter) -> ColumnElement[bool]:
    """By the moment of the ring, as the report counts it: the call may be of the day before."""
    event, kind = CallEvent, _known(chosen.ring, RINGS, "ring")
    rings = select(event.node, event.call_id).where(
        literal_column(OFFER),  # as the index has it
        event.kind == kind,
        event.agent == chosen.agent if chosen.agent else event.agent != "",
        *within(event.at, chosen),
    )
    return tuple_(Call.node, Call.id).in_(rings)


def _known(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise InvalidInput(f"unknown {what}; choose one of {', '.join(known)}")
    return value


def _mentions(chosen: CallFilter) -> ColumnElement[bool]:
    escaped = chosen.number
    if chosen.whole_number:
        return (Call.caller_number == escaped) | (Call.dialed == escaped)
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


@dataclass(frozen=True)
class Parts:
    """Visits or talks that a list of calls can be read along, in their order: each call at the last
    one of its parts that is asked for."""

    table: Any
    at: Any
    own: list[ColumnElement[bool]]  # of the conditions those on the part alone
    conditions: list[ColumnElement[bool]]


def parts_of(chosen: CallFilter, newest: int = 0) -> Parts | None:
    """None: the filter is not about visits or talks, or about more than their own columns.
    `newest`: only so many of the parts are looked at, the newest ones; 0: all."""
    if chosen.ring or chosen.behind != NOTHING_BEHIND or chosen.counted not in ("", *PARTS):
        return None
    table: Any
    if chosen.counted == "visits" or (chosen.queue and not chosen.counted):
        table, name = QueueVisit, "entered_at"
    elif chosen.counted == "talks" or (chosen.agent and not chosen.counted):
        table, name = CallTalk, "started_at"
    else:
        return None
    of = _parts_counted if chosen.counted else _parts_near
    part = table
    if newest:
        some = select(table).where(*of(chosen, table)).order_by(getattr(table, name).desc())
        part = aliased(table, some.limit(newest).subquery())
    other: Any = aliased(table)
    further = exists().where(
        other.node == part.node,
        other.call_id == part.call_id,
        other.number > part.number,
        *of(chosen, other),
    )
    mine = [*of(chosen, part), ~further, *_besides(chosen)]
    if not chosen.counted:
        mine += within(Call.started_at, chosen)
    if table is QueueVisit and chosen.agent:
        mine.append(_has_talk(chosen.agent))
    return Parts(part, getattr(part, name), of(chosen, part), mine)


PARTS = ("visits", "talks")


def _parts_counted(chosen: CallFilter, part: Any) -> list[ColumnElement[bool]]:
    return _of_visit(chosen, part) if chosen.counted == "visits" else _of_talk(chosen, part)


def _parts_near(chosen: CallFilter, part: Any) -> list[ColumnElement[bool]]:
    """Of calls that began in the period, though the part itself may lie after it."""
    if chosen.queue:
        mine, at = part.queue == chosen.queue, part.entered_at
    else:
        mine, at = part.agent == chosen.agent, part.started_at
    found = [mine]
    if chosen.since is not None:
        found.append(at >= chosen.since)
    if chosen.until is not None:
        found.append(at < chosen.until + LONGEST_CALL_SECONDS)
    return found
