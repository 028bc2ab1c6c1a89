"""One call in full: its legs, queue visits, talks and timeline. Read only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerChannel
from callcenter.domain.errors import NotFound
from callcenter.domain.sight import EVERYTHING, Sight
from callcenter.reports.seen import house_numbers, seen_call, seen_calls, seen_event


@dataclass(frozen=True)
class CallDetail:
    call: Call
    legs: tuple[CallLeg, ...]
    visits: tuple[QueueVisit, ...]
    talks: tuple[CallTalk, ...]
    timeline: tuple[CallEvent, ...]


def call_detail(
    session: Session, call_id: str, sight: Sight = EVERYTHING, *, node: str = "", here: str = ""
) -> CallDetail:
    """The call of this id, or the one that a transfer joined it into, as this person sees it.

    Two nodes may have calls of one id. `node`: whose; empty: the one of `here`, else the only one.
    Raises NotFound, also for a call that `sight` leaves out: whether it exists is not told.
    """
    call = _of_node(session, call_id, node) if node else _of_any_node(session, call_id, here)
    if call is None or not _sees(session, call, sight):
        raise NotFound("there is no such call; it may not have reached the ledger yet")
    mine = {"node": call.node, "call_id": call.id}
    house = house_numbers(session, sight)
    events = session.scalars(select(CallEvent).filter_by(**mine).order_by(CallEvent.number))
    return CallDetail(
        seen_call(call, sight, house),
        tuple(session.scalars(select(CallLeg).filter_by(**mine).order_by(CallLeg.started_at))),
        tuple(session.scalars(select(QueueVisit).filter_by(**mine).order_by(QueueVisit.number))),
        tuple(session.scalars(select(CallTalk).filter_by(**mine).order_by(CallTalk.number))),
        tuple(seen_event(event, sight, house) for event in events),
    )


def _sees(session: Session, call: Call, sight: Sight) -> bool:
    this = (Call.node == call.node, Call.id == call.id)
    found = session.scalar(select(Call.id).where(*this, *seen_calls(sight)))
    return found is not None


def _of_node(session: Session, uniqueid: str, node: str) -> Call | None:
    """By its own id, or by the id of a channel that a transfer brought into it."""
    joined = select(LedgerChannel.call_id).where(
        LedgerChannel.node == node, LedgerChannel.uniqueid == uniqueid
    )
    return session.get(Call, (node, uniqueid)) or session.scalar(
        select(Call).where(Call.node == node, Call.id.in_(joined))
    )


def _of_any_node(session: Session, uniqueid: str, here: str) -> Call | None:
    own = _of_node(session, uniqueid, here) if here else None
    if own is not None:
        return own
    channels = select(LedgerChannel.node).where(LedgerChannel.uniqueid == uniqueid)
    calls = select(Call.node).where(Call.id == uniqueid)
    nodes = {*session.scalars(calls), *session.scalars(channels)}
    found = [call for name in sorted(nodes) if (call := _of_node(session, uniqueid, name))]
    if len(found) > 1:
        raise NotFound(
            f"calls of {len(found)} nodes have this id: open the right one from the list of calls"
        )
    return found[0] if found else None
