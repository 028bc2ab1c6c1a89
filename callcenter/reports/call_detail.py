"""One call in full: its legs, queue visits, talks and timeline. Read only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerChannel
from callcenter.domain.errors import NotFound


@dataclass(frozen=True)
class CallDetail:
    call: Call
    legs: tuple[CallLeg, ...]
    visits: tuple[QueueVisit, ...]
    talks: tuple[CallTalk, ...]
    timeline: tuple[CallEvent, ...]


def call_detail(session: Session, call_id: str) -> CallDetail:
    """The call of this id, or the one that a transfer joined it into. Raises NotFound."""
    call = session.scalar(select(Call).where(Call.id == call_id)) or _joined(session, call_id)
    if call is None:
        raise NotFound("there is no such call; it may not have reached the ledger yet")
    mine = {"node": call.node, "call_id": call.id}
    return CallDetail(
        call,
        tuple(session.scalars(select(CallLeg).filter_by(**mine).order_by(CallLeg.started_at))),
        tuple(session.scalars(select(QueueVisit).filter_by(**mine).order_by(QueueVisit.number))),
        tuple(session.scalars(select(CallTalk).filter_by(**mine).order_by(CallTalk.number))),
        tuple(session.scalars(select(CallEvent).filter_by(**mine).order_by(CallEvent.number))),
    )


def _joined(session: Session, uniqueid: str) -> Call | None:
    return session.scalar(
        select(Call)
        .join(
            LedgerChannel,
            (LedgerChannel.node == Call.node) & (LedgerChannel.call_id == Call.id),
        )
        .where(LedgerChannel.uniqueid == uniqueid)
    )
