"""Who came back: a visit knows when the same number next entered the same queue in another call.

`queue_visits.next_at` is kept only where that was within the days that count as coming back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, QueueVisit
from callcenter.domain.counts import RETURN_SECONDS

# A call's number is looked up by when the call began: a visit is not entered later than this.
LONGEST_CALL_SECONDS = 86_400
Arrival = tuple[float, str, int, str]  # entered at, call, number, node: they sort in this order


def keep_returns(
    session: Session, numbers: Collection[str], since: float, until: float
) -> list[tuple[str, float]]:
    """After visits of these numbers in [since, until] have changed: (queue, entered at) of every
    visit that has another next one now."""
    listed = sorted(set(numbers) - {""})
    if not listed:
        return []
    # By the calls alone: a second range lets PostgreSQL pair every call with every visit of it.
    return kept_anew(
        session,
        Call.caller_number.in_(listed),
        Call.started_at >= since - RETURN_SECONDS - LONGEST_CALL_SECONDS,
        Call.started_at <= until + RETURN_SECONDS,
        judged_until=until,
    )


def kept_anew(
    session: Session, *meant: ColumnElement[bool], judged_until: float | None = None
) -> list[tuple[str, float]]:
    """As above, of all visits that `meant` names; those after `judged_until` are only looked at."""
    visit = QueueVisit
    query = (
        select(
            Call.caller_number, visit.queue, visit.entered_at, visit.call_id, visit.number,
            visit.node, visit.next_at,
        )
        .join(Call, (Call.node == visit.node) & (Call.id == visit.call_id))
        .where(*meant, Call.caller_number != "")
    )  # fmt: skip
    arrivals: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    present: dict[tuple[str, str, int], float | None] = {}
    for number, queue, entered_at, call_id, place, node, next_at in session.execute(query):
        arrivals[number, queue].append((entered_at, call_id, place, node))
        present[node, call_id, place] = next_at
    changed, said = [], []
    for (_, queue), listed in arrivals.items():
        listed.sort()
        for (entered_at, call_id, place, node), next_at in zip(
            listed, next_entries(listed), strict=True
        ):
            if judged_until is not None and entered_at > judged_until:
                break
            if present[node, call_id, place] != next_at:
                changed.append({"node": node, "call_id": call_id, "number": place,
                                "next_at": next_at})  # fmt: skip
                said.append((queue, entered_at))
    if changed:
        session.execute(update(visit), changed)
    return said


def next_entries(arrivals: Sequence[Arrival]) -> Iterable[float | None]:
    """For each of one number's arrivals at one queue, in order, when it next came. Pure."""
    found: list[float | None] = []
    following: tuple[str, float] | None = None  # call and instant of the next arrival
    beyond: float | None = None  # the first one after it in yet another call
    for entered_at, call_id, _, _ in reversed(arrivals):
        if following is not None and following[0] == call_id:
            next_at = beyond
        else:
            next_at = following[1] if following else None
        counts = next_at is not None and next_at - entered_at <= RETURN_SECONDS
        found.append(next_at if counts else None)
        following, beyond = (call_id, entered_at), next_at
    return reversed(found)
