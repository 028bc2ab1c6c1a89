"""Erasing a person: the number and name leave facts and books, sound leaves the disk, sums stay.

Everything in one transaction of the caller's; files go before it commits, so that an erasure which
is recorded has happened. What it leaves on purpose: do-not-call entries (or they would be called
again) and the dialer's attempts without their number (evidence of what was dialed when).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, delete, or_, select, text, update
from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from callcenter.db.customer_store import digits_of
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import CallEvent, CallLeg
from callcenter.db.models.customers import CustomerRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.ledger import LedgerFact, RejectedLine
from callcenter.db.models.permissions import ConsentRow
from callcenter.db.models.privacy import ErasedNumber, Erasure
from callcenter.db.models.rollups import CallerMonth, CallerYear
from callcenter.dialer.evidence.pack import ERASED
from callcenter.domain.errors import InvalidInput
from callcenter.ledger.erasure_key import made_erasure_key
from callcenter.ledger.facts import Fact
from callcenter.ledger.forgotten import (
    blanked_fields,
    blanked_text,
    keyed_digest,
    number_hash,
)
from callcenter.privacy.import_files import forget_in_imports
from callcenter.privacy.person import Person, find_person, spellings
from callcenter.privacy.recordings import delete_recordings
from callcenter.privacy.voicemail import delete_message
from callcenter.reports.forgotten_runs import drop_with
from callcenter.settings import Settings

log = logging.getLogger(__name__)
LONGEST_ASKED_BY = 400


@dataclass(frozen=True)
class Asked:
    """`by` works here; `asked_by` says who wanted it and how: a letter of 3 May."""

    by: str
    asked_by: str
    at: float
    address: str = ""


def erase_person(session: Session, settings: Settings, number: str, asked: Asked) -> Erasure:
    """Raises InvalidInput. The caller commits."""
    if not asked.asked_by.strip() or len(asked.asked_by) > LONGEST_ASKED_BY:
        raise InvalidInput(f"say who asked for it, in at most {LONGEST_ASKED_BY} characters")
    person = find_person(session, settings, number)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))  # or the pages keep what was in them
    key = made_erasure_key(settings)
    counts = {
        "facts": _blank_facts(session, person, key, asked.at),
        "calls": _blank_books(session, person),
        **_delete_rows(session, person),
        "recordings": delete_recordings(settings.recordings, person.recordings),
        "messages": len(person.messages),
        "rows left out of imports": forget_in_imports(session, settings.home, person.digits),
    }
    for message in person.messages:
        delete_message(message)
    drop_with(session, settings.report_runs)
    return _record(session, person, key, asked, {k: n for k, n in counts.items() if n})


def _is(digits: str, run: str) -> bool:
    return digits_of(run) == digits


def _blank_facts(session: Session, person: Person, key: bytes, at: float) -> int:
    """Facts anywhere that hold the number, and where the person's recordings lie."""
    digits, count = person.digits, 0
    holds = cast(LedgerFact.fields, Text).contains(digits, autoescape=True)
    for row in session.scalars(select(LedgerFact).where(holds, LedgerFact.at <= at)):
        fields = blanked_fields(_fact(row), lambda run: _is(digits, run))
        count += _replace(row, fields, key)
    for call in person.calls:
        mine = (LedgerFact.node == call.node, LedgerFact.call_id == call.id)
        for row in session.scalars(select(LedgerFact).where(*mine)):
            count += _replace(row, _without_recordings(row.fields, person.recordings), key)
    session.flush()
    return count


def _replace(row: LedgerFact, fields: dict[str, Any], key: bytes) -> int:
    if fields == row.fields:
        return 0
    row.fields, row.digest = fields, keyed_digest(key, row.digest)
    return 1


def _without_recordings(fields: dict[str, Any], recordings: Iterable[str]) -> dict[str, Any]:
    """A step that names a recording names nothing any more."""
    said = str(fields.get("extra", ""))
    for name in recordings:
        said = said.replace(name, "").replace(name.replace("/", "\\/"), "")
    return fields | {"extra": said} if said else fields


def _fact(row: LedgerFact) -> Fact:
    return Fact(row.source, row.digest, row.at, row.event, row.uniqueid, "", row.agent, row.fields)


def _blank_books(session: Session, person: Person) -> int:
    """The calls as their blanked facts fold them; and other calls that mention the number."""
    digits = person.digits
    for call in person.calls:
        if _is(digits, call.caller_number):
            call.caller_number = call.caller_name = ""
        call.caller_name = blanked_text(call.caller_name, lambda run: _is(digits, run))
        call.dialed = blanked_text(call.dialed, lambda run: _is(digits, run))
        call.recording = ""
    for event in session.scalars(select(CallEvent).where(_mentions(CallEvent, digits))):
        if event.kind == "rang" and _is(digits, event.detail):
            event.detail = ""
        event.name = blanked_text(event.name, lambda run: _is(digits, run))
        event.detail = blanked_text(event.detail, lambda run: _is(digits, run))
    for call in person.calls:
        mine = (CallEvent.node == call.node, CallEvent.call_id == call.id)
        session.execute(
            update(CallEvent).where(*mine, CallEvent.kind == "recording").values(name="")
        )
    for leg in session.scalars(select(CallLeg).where(CallLeg.channel.contains(digits))):
        leg.channel = blanked_text(leg.channel, lambda run: _is(digits, run))
        leg.party = blanked_text(leg.party, lambda run: _is(digits, run))
    session.flush()
    return len(person.calls)


def _mentions(table: Any, digits: str) -> Any:
    return or_(table.name.contains(digits), table.detail.contains(digits))


def _delete_rows(session: Session, person: Person) -> dict[str, int]:
    one = spellings(person.digits)
    leads = [row.id for row in person.others["leads"]]
    numbers = [row.number for row in person.others["lead numbers"]]
    session.execute(
        update(DialAttemptRow)
        .where(DialAttemptRow.number.in_([*one, *numbers]))
        .values(number=ERASED)
    )
    for entry in session.scalars(
        select(AuditEntryRow).where(
            or_(
                AuditEntryRow.detail.contains(person.digits),
                AuditEntryRow.subject.contains(person.digits),
            )
        )
    ):
        entry.detail = blanked_text(entry.detail, lambda run: _is(person.digits, run))
        entry.subject = blanked_text(entry.subject, lambda run: _is(person.digits, run))
    gone = {
        "customers": delete(CustomerRow).where(CustomerRow.number == person.digits),
        "leads": delete(LeadRow).where(LeadRow.id.in_(leads)),
        "consents": delete(ConsentRow).where(ConsentRow.number.in_(one)),
        "counts of calls a month": delete(CallerMonth).where(CallerMonth.caller_number.in_(one)),
        "counts of calls a year": delete(CallerYear).where(CallerYear.caller_number.in_(one)),
        "lines set aside": delete(RejectedLine).where(RejectedLine.line.contains(person.digits)),
    }
    return {name: _rows(session.execute(statement)) for name, statement in gone.items()} | {
        "dial attempts": len(person.others["dial attempts"])
    }


def _rows(result: Any) -> int:
    return max(0, int(result.rowcount))


def _record(
    session: Session, person: Person, key: bytes, asked: Asked, counts: dict[str, int]
) -> Erasure:
    hashed = number_hash(key, person.digits)
    session.merge(ErasedNumber(number_hash=hashed, erased_at=asked.at))
    erasure = Erasure(
        at=asked.at, by=asked.by[:80], number_hash=hashed,
        asked_by=blanked_text(asked.asked_by.strip(), lambda run: _is(person.digits, run)),
        counts=counts,
    )  # fmt: skip
    session.add(erasure)
    write_audit(
        session,
        at=asked.at,
        by=asked.by,
        action="person_erased",
        subject=f"person {hashed[:12]}",
        detail=", ".join(f"{name} {count}" for name, count in counts.items()),
        address=asked.address,
    )
    session.flush()
    log.info("person_erased", extra={"person": hashed[:12], "counts": counts})
    return erasure
