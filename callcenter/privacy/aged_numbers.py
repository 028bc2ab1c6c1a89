"""Callers' numbers and names leaving the books and facts of old calls; the calls stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallLeg
from callcenter.db.models.ledger import LedgerFact, RejectedLine
from callcenter.ledger.facts import Fact
from callcenter.ledger.forgotten import FEWEST_DIGITS, Forgotten, blanked_text, load_forgotten
from callcenter.ledger.kept_facts import chunks
from callcenter.ledger.rollups.basis import site_basis
from callcenter.ledger.rollups.callers import roll_callers


def old_numbers(session: Session, since: float, before: float) -> int:
    """Calls that began in this time and still tell who called or was called."""
    told = (func.length(Call.caller_number) >= FEWEST_DIGITS) | (
        (Call.direction == "inbound") & (Call.caller_name != "")
    )
    query = select(func.count()).select_from(Call)
    return session.scalar(query.where(_began(since, before), told)) or 0


def blank_numbers(session: Session, since: float, before: float, key: bytes) -> int:
    """Facts and calls from `since` up to the floor `before`, just written. Returns calls blanked.

    Late facts from below the floor come in blank (ledger/forgotten.py).
    """
    forgotten = load_forgotten(session, key)
    for row in session.scalars(
        select(LedgerFact).where(LedgerFact.at >= since, LedgerFact.at < before)
    ):
        fact = forgotten.taken(
            Fact(row.source, row.digest, row.at, row.event, row.uniqueid, "", row.agent, row.fields)
        )
        if fact.digest != row.digest:
            row.fields, row.digest = dict(fact.fields), fact.digest
    session.execute(delete(RejectedLine).where(RejectedLine.rejected_at < before))
    return _blank_calls(session, since, before, forgotten)


def _began(since: float, before: float) -> ColumnElement[bool]:
    return (Call.started_at >= since) & (Call.started_at < before)


def _blank_calls(session: Session, since: float, before: float, forgotten: Forgotten) -> int:
    count = 0
    ids: dict[str, list[str]] = {}
    told: dict[str, float] = {}  # number → an instant of its calls
    for call in session.scalars(select(Call).where(_began(since, before))):
        told[call.caller_number] = call.started_at
        ids.setdefault(call.node, []).append(call.id)
        count += _blank_call(call, lambda run: forgotten.gone(run, since))
    for node, calls in ids.items():
        for some in chunks(calls):
            _blank_parts(session, node, some, lambda run: forgotten.gone(run, since))
    session.flush()
    recount(session, told)
    return count


def recount(session: Session, told: Mapping[str, float]) -> None:
    """What is counted of numbers follows the calls that still tell them."""
    zone = site_basis(session).zone
    for some in chunks(sorted(told)):
        roll_callers(session, [told[number] for number in some], some, zone)


def _blank_call(call: Call, gone: Callable[[str], bool]) -> int:
    told = (call.caller_number, call.caller_name, call.dialed)
    if blanked_text(call.caller_number, gone) != call.caller_number:
        call.caller_number = call.caller_name = ""
    if call.direction == "inbound":
        call.caller_name = ""
    call.caller_name = blanked_text(call.caller_name, gone)
    call.dialed = blanked_text(call.dialed, gone)
    return int(told != (call.caller_number, call.caller_name, call.dialed))


def _blank_parts(
    session: Session, node: str, calls: list[str], gone: Callable[[str], bool]
) -> None:
    for event in session.scalars(
        select(CallEvent).where(CallEvent.node == node, CallEvent.call_id.in_(calls))
    ):
        if event.kind == "rang" and blanked_text(event.detail, gone) != event.detail:
            event.detail = ""
        event.name = blanked_text(event.name, gone)
        event.detail = blanked_text(event.detail, gone)
    for leg in session.scalars(
        select(CallLeg).where(CallLeg.node == node, CallLeg.call_id.in_(calls))
    ):
        leg.channel = blanked_text(leg.channel, gone)
        leg.party = blanked_text(leg.party, gone)
