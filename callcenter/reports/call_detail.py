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


def call_detail(session: Session, call_id: str, sight: Sight = EVERYTHING) -> CallDetail:
    """The call of this id, or the one that a transfer joined it into, as this person sees it.

    Raises NotFound, also for a call that `sight` leaves out: whether it exists is not told.
    """
    call = session.scalar(select(Call).where(Call.id == call_id)) or _joined(session, call_id)
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


def _joined(session: Session, uniqueid: str) -> Call | None:
    return session.scalar(
        select(Call)
        .join(
            LedgerChannel,
            (LedgerChannel.node == Call.node) & (LedgerChannel.call_id == Call.id),
        )
        .where(LedgerChannel.uniqueid == uniqueid)
    )
