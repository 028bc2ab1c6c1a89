"""Where callers go and where they end: from place to place through hours, menus and queues.

A place is `kind:name` as the step that a call leaves there (docs/architecture.md), hours with what
they said. An end is `end:` and the call's outcome. Counted step by step, so nothing runs in a
circle: a menu that plays again is another step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, QueueVisit
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked

PLACES = ("did", "hours", "menu", "queue", "message", "voicemail", "journey", "phone", "ring-group")
END, FURTHER = "end:", "further:"
MOST_STEPS = 8  # what comes later is one flow to FURTHER


@dataclass(frozen=True)
class FlowRow:
    """`counts.calls` callers were at `place` as their `step`-th and went on to `then`.

    `share`: of all who were at that place as that step.
    """

    step: int
    place: str
    then: str
    share: float
    counts: Counts


def run(session: Session, asked: Asked) -> list[FlowRow]:
    flows = _flows(asked.since, asked.until, asked.queues).subquery()
    query = (
        select(flows.c.step, flows.c.place, flows.c.goes_to, func.count())
        .group_by(flows.c.step, flows.c.place, flows.c.goes_to)
        .order_by(flows.c.step, func.count().desc(), flows.c.place, flows.c.goes_to)
    )
    found = [tuple(row) for row in session.execute(query)]
    at_place: dict[tuple[int, str], int] = {}
    for step, place, _, calls in found:
        at_place[step, place] = at_place.get((step, place), 0) + calls
    return [
        FlowRow(step, place, then, calls / at_place[step, place], Counts(calls=calls))
        for step, place, then, calls in found
    ]


def calls_on_path(
    since: float, until: float, queues: Sequence[str], step: int, place: str, then: str
) -> Select[Any]:
    """(node, call id) of the calls of one flow."""
    flows = _flows(since, until, queues).subquery()
    return select(flows.c.node, flows.c.call_id).where(
        flows.c.step == step, flows.c.place == place, flows.c.goes_to == then
    )


def _flows(since: float, until: float, queues: Sequence[str]) -> Select[Any]:
    """One row a call and step: node, call_id, step, place, goes_to."""
    steps = _steps(since, until, queues).subquery()
    goes_to = case(
        (steps.c.following.is_(None), literal(END) + steps.c.outcome),
        (steps.c.step == MOST_STEPS, literal(FURTHER)),
        else_=steps.c.following,
    )
    return select(
        steps.c.node, steps.c.call_id, steps.c.step, steps.c.place, goes_to.label("goes_to")
    ).where(steps.c.step <= MOST_STEPS)


def _steps(since: float, until: float, queues: Sequence[str]) -> Select[Any]:
    event = CallEvent
    place = cast(event.kind, String) + ":" + event.name + case(
        (event.kind == "hours", literal(":") + event.detail), else_=literal("")
    )  # fmt: skip
    over: dict[str, Any] = {
        "partition_by": (event.node, event.call_id),
        "order_by": event.number,
    }
    query = (
        select(
            event.node, event.call_id, Call.outcome, place.label("place"),
            func.row_number().over(**over).label("step"),
            func.lead(place).over(**over).label("following"),
        )
        .join(Call, and_(Call.node == event.node, Call.id == event.call_id))
        .where(
            Call.started_at >= since, Call.started_at < until, Call.direction == "inbound",
            event.kind.in_(PLACES),
        )
    )  # fmt: skip
    if not queues:
        return query
    visited = select(QueueVisit.call_id).where(
        QueueVisit.node == Call.node, QueueVisit.call_id == Call.id, QueueVisit.queue.in_(queues)
    )
    return query.where(visited.exists())
