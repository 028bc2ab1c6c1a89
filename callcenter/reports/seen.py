"""A person's Sight (domain/sight.py) as conditions on the books, and rows with numbers masked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallTalk, QueueVisit
from callcenter.db.models.site_trunks import SiteDidRow
from callcenter.domain.errors import Forbidden
from callcenter.domain.sight import Sight
from callcenter.reports.asked import Asked

NOBODY = "-"  # neither an agent's number nor a queue's name
MASKED_ASK = (
    "callers' numbers are masked for your role, so calls can be neither searched nor sorted by them"
)


def seen_calls(sight: Sight) -> list[ColumnElement[bool]]:
    """For a query over calls; the same judgement as Sight.of_call."""
    if not sight.limited:
        return []
    talked = exists().where(
        CallTalk.node == Call.node,
        CallTalk.call_id == Call.id,
        CallTalk.agent.in_(sorted(sight.agents or ())),
    )
    waited = exists().where(
        QueueVisit.node == Call.node,
        QueueVisit.call_id == Call.id,
        QueueVisit.queue.in_(sorted(sight.queues or ())),
    )
    return [or_(talked, waited)]


def refuse_number_ask(sight: Sight, number: str, sort: str) -> None:
    """What could be found out by asking for it. Raises Forbidden."""
    if sight.masks and (number or sort == "caller"):
        raise Forbidden(MASKED_ASK)


def narrowed(asked: Asked, asks: Collection[str]) -> Asked:
    """The question with only the agents or queues that the person may see; a report that can be
    asked for neither is about everybody. Raises Forbidden."""
    sight = asked.sight
    if not sight.limited:
        return asked
    if "agent" in asks:
        return replace(asked, agents=_within(asked.agents, sight.agents))
    if "queue" in asks:
        return replace(asked, queues=_within(asked.queues, sight.queues))
    raise Forbidden("this report is about everybody, and you see your teams; ask an administrator")


def _within(asked: Collection[str], seen: frozenset[str] | None) -> tuple[str, ...]:
    """Nothing asked: all that is seen. What is not seen becomes a name that nothing has."""
    found = sorted((seen or frozenset()).intersection(asked or seen or ()))
    return tuple(found) or (NOBODY,)


def seen_rows(rows: Iterable[Any], numbers: Collection[str], sight: Sight) -> list[Any]:
    """`numbers`: the attributes of a row that hold a number."""
    if not sight.masks or not numbers:
        return list(rows)
    return [
        replace(row, **{name: sight.number(getattr(row, name)) for name in numbers}) for row in rows
    ]


def house_numbers(session: Session, sight: Sight) -> frozenset[str]:
    """Numbers that belong to nobody outside: never masked."""
    if not sight.masks:
        return frozenset()
    found = session.scalars(select(SiteDidRow.number))
    return frozenset(text for did in found for text in (did, did.removeprefix("+")))


def seen_call(call: Call, sight: Sight, house: frozenset[str] = frozenset()) -> Call:
    """The call with its customer's number as this person sees it: a copy no session knows."""
    if not sight.masks:
        return call
    values = _values(call)
    values["caller_number"] = sight.number(call.caller_number)
    values["caller_name"] = sight.name(call.caller_name)
    values["dialed"] = call.dialed if call.dialed in house else sight.number(call.dialed)
    return Call(**values)


def seen_event(event: CallEvent, sight: Sight, house: frozenset[str]) -> CallEvent:
    if not sight.masks:
        return event
    values = _values(event)
    for name in ("name", "detail"):
        values[name] = sight.words(values[name], house)
    return CallEvent(**values)


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
