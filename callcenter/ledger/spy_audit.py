"""Who listened, whispered or barged as Asterisk did it, into the audit log: a switch by 4, 5 and 6
on the phone passes no page. With the facts' own transaction, so each is written exactly once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import CallLeg
from callcenter.db.models.users import UserRow
from callcenter.ledger.books import Channel
from callcenter.ledger.facts import Fact
from callcenter.ledger.steps import step_of

ACTION = "heard"  # the page writes `listen`, `whisper`, `barge` when somebody asks for it


def note_spies(session: Session, node: str, facts: Iterable[Fact]) -> None:
    for fact in facts:
        step = step_of(fact)
        if step is None or step.kind != "spy":
            continue
        phone = Channel(fact.uniqueid, fact.get("channel"), fact.at).party
        entry = AuditEntryRow(
            at=fact.at,
            by=_who(session, phone)[:80],
            action=ACTION,
            subject=f"call {_call_of(session, node, step.name)}"[:200],
            detail=f"{step.detail}, phone {phone}",
            address="",
        )
        session.add(entry)


def _who(session: Session, phone: str) -> str:
    """Whose phone it is; the phone itself where several share it or nobody has it."""
    users = session.scalars(select(UserRow.username).where(UserRow.phone == phone)).all()
    return users[0] if len(users) == 1 else f"phone {phone}"


def _call_of(session: Session, node: str, channel: str) -> str:
    """The newest call with that channel: names come again after Asterisk's restart."""
    query = select(CallLeg.call_id).where(CallLeg.node == node, CallLeg.channel == channel)
    found = session.scalar(query.order_by(CallLeg.started_at.desc()).limit(1))
    return found or channel
