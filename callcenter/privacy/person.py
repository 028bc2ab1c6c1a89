"""What there is about one person, found by a number: calls, recordings, messages, leads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from callcenter.db.customer_store import digits_of
from callcenter.db.models.calls import Call, CallEvent
from callcenter.db.models.customers import CustomerRow
from callcenter.db.models.dialing import DialAttemptRow, SurveyAnswerRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import CallbackRow, ConsentRow, DoNotCallRow
from callcenter.domain.errors import InvalidInput
from callcenter.ledger.forgotten import FEWEST_DIGITS, house_numbers
from callcenter.privacy.voicemail import Message, messages_of
from callcenter.settings import Settings


@dataclass(frozen=True)
class Person:
    """Rows that hold the number. `recordings` are paths under settings.recordings."""

    digits: str
    calls: tuple[Call, ...]
    recordings: tuple[str, ...]
    messages: tuple[Message, ...]
    others: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # table → rows

    @property
    def counts(self) -> dict[str, int]:
        found = {
            "calls": len(self.calls),
            "recordings": len(self.recordings),
            "messages": len(self.messages),
        }
        return found | {name: len(rows) for name, rows in self.others.items()}


def asked_number(session: Session, text: str) -> str:
    """The digits of a number that can be a person's. Raises InvalidInput."""
    digits = digits_of(text)
    if len(digits) < FEWEST_DIGITS or len(digits) > 20:
        raise InvalidInput("write the whole number as callers send it, with its country or area")
    if digits in house_numbers(session):
        raise InvalidInput(f"{text} is one of this site's own numbers, not a person's")
    return digits


def find_person(session: Session, settings: Settings, text: str) -> Person:
    """Raises InvalidInput for what is no number of a person outside."""
    digits = asked_number(session, text)
    calls = tuple(session.scalars(select(Call).where(_calls(digits)).order_by(Call.started_at)))
    leads = tuple(session.scalars(select(LeadRow).where(LeadRow.id.in_(_leads(digits)))))
    one = spellings(digits)
    tables: dict[str, Any] = {
        "customers": select(CustomerRow).where(CustomerRow.number == digits),
        "lead numbers": select(LeadNumberRow).where(LeadNumberRow.lead_id.in_(_leads(digits))),
        "callbacks": select(CallbackRow).where(CallbackRow.lead_id.in_(_leads(digits))),
        "dial attempts": select(DialAttemptRow).where(DialAttemptRow.number.in_(one)),
        "survey answers": select(SurveyAnswerRow).where(
            SurveyAnswerRow.attempt.in_(
                select(DialAttemptRow.id).where(DialAttemptRow.number.in_(one))
            )
        ),
        "do-not-call": select(DoNotCallRow).where(DoNotCallRow.number.in_(one)),
        "consents": select(ConsentRow).where(ConsentRow.number.in_(one)),
    }
    return Person(
        digits,
        calls,
        _recordings(session, calls),
        tuple(messages_of(settings.home / "voicemail", digits)),
        {"leads": leads} | {name: tuple(session.scalars(q)) for name, q in tables.items()},
    )


def spellings(digits: str) -> tuple[str, ...]:
    return digits, f"+{digits}", f"00{digits}"


def _calls(digits: str) -> ColumnElement[bool]:
    one = spellings(digits)
    return Call.caller_number.in_(one) | Call.dialed.in_(one)


def _leads(digits: str) -> Any:
    return select(LeadNumberRow.lead_id).where(LeadNumberRow.number.in_(spellings(digits)))


def _recordings(session: Session, calls: tuple[Call, ...]) -> tuple[str, ...]:
    """Of the calls, and of consultations within them."""
    found = {call.recording for call in calls}
    for call in calls:
        query = select(CallEvent.name).where(
            CallEvent.node == call.node,
            CallEvent.call_id == call.id,
            CallEvent.kind == "recording",
        )
        found.update(session.scalars(query))
    return tuple(sorted(found - {""}))
