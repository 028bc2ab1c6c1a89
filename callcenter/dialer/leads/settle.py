"""An attempt's outcome is written down once, and its lead goes on as the campaign's rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.dialer.leads.callbacks import BY_CALLER, CALLED_BACK, take_back
from callcenter.dialer.leads.retry import Next, after_disposition, after_outcome
from callcenter.domain.campaign import Campaign, Disposition
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.lead import UNCOUNTED, PastAttempt

# Outcomes in which the call reached a person or their machine: a callback promised is kept.
FULFILS_CALLBACK = ("connected", "machine-message", "opted-out")
# A promise whose try ended the lead: the rules of tries leave the promise the tries there are.
PROMISED_AGAIN_SECONDS = 3600.0


def settle_attempt(
    session: Session,
    campaign: Campaign | None,
    attempt_id: str,
    outcome: str,
    now: float,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Writes the outcome, and what the facts know (columns of dial_attempts); frees the lead.

    True when this call settled it; False when it was settled before, then nothing changes.
    `campaign` None: it is no longer there; the lead is freed and done.
    """
    attempt = session.get(DialAttemptRow, attempt_id)
    if attempt is None:
        raise NotFound(f"there is no dial attempt {attempt_id}")
    done = session.execute(
        update(DialAttemptRow)
        .where(DialAttemptRow.id == attempt_id, DialAttemptRow.outcome == "")
        .values(outcome=outcome, **(facts or {}))
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.refresh(attempt)
    if attempt.lead_id is not None:
        _settle_lead(session, campaign, attempt, outcome, now)
    return True


def _settle_lead(
    session: Session, campaign: Campaign | None, attempt: DialAttemptRow, outcome: str, now: float
) -> None:
    lead = session.get(LeadRow, attempt.lead_id, with_for_update=True, populate_existing=True)
    if lead is None:
        return
    following = _following(session, campaign, lead, attempt, outcome, now)
    counted = outcome not in UNCOUNTED
    lead.attempts += counted
    if counted:
        lead.attempted_at, lead.outcome = attempt.reserved_at, outcome
        lead.agent = attempt.agent or lead.agent
    if lead.attempt == attempt.id:
        lead.attempt = ""
    if not attempt.disposition:  # an agent's word weighs more
        _go_on_after(session, lead, following, now)
    if outcome in FULFILS_CALLBACK:
        _fulfil_callbacks(session, lead.id, attempt)


def _following(
    session: Session,
    campaign: Campaign | None,
    lead: LeadRow,
    attempt: DialAttemptRow,
    outcome: str,
    now: float,
) -> Next:
    if campaign is None:
        return Next("done", now, attempt.number)
    attempts = _attempts(session, lead, campaign)
    return after_outcome(
        campaign, good_numbers(session, lead.id), attempt.number, outcome, attempts, now
    )


def _go_on_after(session: Session, lead: LeadRow, following: Next, now: float) -> None:
    """A lead that is done stays so: it was called for a promise, which may be tried again."""
    before = lead.state
    if before not in CALLED_BACK:
        return
    _go_on(session, lead, following)
    if following.state == "done":
        lead.due_at = now + PROMISED_AGAIN_SECONDS
    elif following.state == "open":
        lead.state = before


def _go_on(session: Session, lead: LeadRow, following: Next) -> None:
    lead.state, lead.due_at, lead.skip_until = following.state, following.due_at, 0.0
    lead.next_number = following.number
    zones = select(LeadNumberRow.zones).where(
        LeadNumberRow.lead_id == lead.id, LeadNumberRow.number == following.number
    )
    lead.zones = session.scalar(zones) or ""
    if lead.state not in CALLED_BACK:
        take_back(session, lead.id)


def _fulfil_callbacks(session: Session, lead_id: int, attempt: DialAttemptRow) -> None:
    """Those that were due when the call was placed."""
    session.execute(
        update(CallbackRow)
        .where(
            CallbackRow.lead_id == lead_id,
            CallbackRow.state == "open",
            CallbackRow.campaign == attempt.campaign,
            CallbackRow.due_at <= attempt.reserved_at,
        )
        .values(state="done", attempt=attempt.id)
    )


def good_numbers(session: Session, lead_id: int) -> tuple[str, ...]:
    query = select(LeadNumberRow.number).where(
        LeadNumberRow.lead_id == lead_id, LeadNumberRow.state == "open"
    )
    return tuple(session.scalars(query.order_by(LeadNumberRow.position)))


def _attempts(session: Session, lead: LeadRow, campaign: Campaign) -> tuple[PastAttempt, ...]:
    row = DialAttemptRow
    query = select(row.number, row.reserved_at, row.outcome, row.lead_id, row.campaign).where(
        row.lead_id == lead.id,
        row.campaign == campaign.name,
        row.reserved_at >= lead.recycled_at,
    )
    return tuple(PastAttempt(*found) for found in session.execute(query))


def set_disposition(
    session: Session, campaign: Campaign, attempt_id: str, code: str, now: float
) -> Disposition:
    """What the agent said became of the call. It may come before the outcome is settled, or after.

    What the campaign had promised to the lead is kept with that, or taken back; but for what was
    promised or asked for later: the word of a later call stands, whenever this one is said.
    For `then: callback` add the callback itself with `callbacks.promise`; for `do-not-call` the
    number is entered by `do_not_call.opt_out`: both are the caller's, in the same transaction.
    """
    attempt = session.get(DialAttemptRow, attempt_id)
    if attempt is None:
        raise NotFound(f"there is no dial attempt {attempt_id}")
    found = next((each for each in campaign.dispositions if each.code == code), None)
    if found is None:
        known = ", ".join(each.code for each in campaign.dispositions)
        raise InvalidInput(f"{campaign.name} has no disposition {code!r}; it has {known}")
    attempt.disposition = code
    if attempt.lead_id is not None:  # no number dialed by hand
        _settle_word(session, campaign, attempt, found, now)
    return found


def _settle_word(
    session: Session, campaign: Campaign, attempt: DialAttemptRow, found: Disposition, now: float
) -> None:
    lead = session.get(LeadRow, attempt.lead_id, with_for_update=True, populate_existing=True)
    if lead is None:
        return
    _fulfil_callbacks(session, lead.id, attempt)
    if not promised_since(session, attempt):
        take_back(session, lead.id, campaign.name)
    later = _later_words(session, attempt)
    if found.then == "bad-number" and attempt.number not in {each.number for each in later}:
        _mark_bad(session, lead.id, attempt.number)
    if later:
        return
    lead.disposition = found.code
    if lead.state in ("open", "done"):
        numbers = good_numbers(session, lead.id)
        _go_on(session, lead, after_disposition(found, numbers, attempt.number, now))


def promised_since(session: Session, attempt: DialAttemptRow) -> bool:
    """Whether what this campaign has promised to the lead is none of this call's business: an agent
    said something of a later call, or the person called us later and asked for it."""
    if attempt.campaign in {each.campaign for each in _later_words(session, attempt)}:
        return True
    asked = select(CallbackRow.id).where(
        CallbackRow.lead_id == attempt.lead_id,
        CallbackRow.state == "open",
        CallbackRow.campaign == attempt.campaign,
        CallbackRow.made_by == BY_CALLER,
        CallbackRow.made_at > attempt.reserved_at,
    )
    return session.scalar(asked.limit(1)) is not None


def _later_words(session: Session, attempt: DialAttemptRow) -> Sequence[DialAttemptRow]:
    """Later calls to the same lead, by any campaign, of which an agent said what they came to."""
    query = select(DialAttemptRow).where(
        DialAttemptRow.lead_id == attempt.lead_id,
        DialAttemptRow.reserved_at > attempt.reserved_at,
        DialAttemptRow.disposition != "",
    )
    return session.scalars(query).all()


def _mark_bad(session: Session, lead_id: int, number: str) -> None:
    session.execute(
        update(LeadNumberRow)
        .where(LeadNumberRow.lead_id == lead_id, LeadNumberRow.number == number)
        .values(state="bad")
    )
