"""What an agent says became of a campaign's call: the disposition and all that it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import find_campaign, load_campaigns
from callcenter.db.models.calls import CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.leads import callbacks, do_not_call
from callcenter.dialer.leads.read import leads_of
from callcenter.dialer.leads.settle import promised_since, set_disposition
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.lead import Lead

SHOWN = 5
SHOWN_SECONDS = 4 * 3600.0
_PROMISED_SINCE = (
    "there was a later call with this person, and what was agreed then stands; choose another word "
    "for this call"
)


@dataclass(frozen=True)
class CampaignCall:
    """A call of a campaign that an agent talked in, or talks in now."""

    attempt: DialAttemptRow
    campaign: Campaign
    lead: Lead | None
    is_up: bool
    talked_at: float


def calls_of_agent(session: Session, agent: str, now: float) -> list[CampaignCall]:
    """The newest first. Known by the ledger, so a call shows a moment after it is connected."""
    row = DialAttemptRow
    query = (
        select(row, CallTalk.ended_at, CallTalk.started_at)
        .join(CallTalk, (CallTalk.node == row.node) & (CallTalk.call_id == row.call_id))
        .where(CallTalk.agent == agent, CallTalk.started_at > now - SHOWN_SECONDS)
        .order_by(CallTalk.started_at.desc())
        .limit(SHOWN * 3)
    )
    campaigns = {each.name: each for each in load_campaigns(session)}
    found: dict[str, CampaignCall] = {}
    for attempt, ended_at, started_at in session.execute(query):
        campaign = campaigns.get(attempt.campaign)
        if campaign is None or attempt.id in found or len(found) == SHOWN:
            continue
        lead_id = attempt.lead_id
        lead = leads_of(session, [lead_id]).get(lead_id) if lead_id is not None else None
        found[attempt.id] = CampaignCall(attempt, campaign, lead, ended_at is None, started_at)
    return list(found.values())


@dataclass(frozen=True)
class Word:
    """What an agent says of a call. For a callback: `when` as 2026-11-24T10:00 by the lead's clock,
    and whether that agent calls (`mine`) or anyone."""

    code: str
    when: str = ""
    mine: bool = True
    note: str = ""


@dataclass(frozen=True)
class Noted:
    title: str
    before: str  # the disposition that was there, or empty


def say(session: Session, agent: str, attempt_id: str, word: Word, now: float, by: str) -> Noted:
    """Of one of the agent's last calls. Raises NotFound, InvalidInput."""
    calls = {each.attempt.id: each for each in calls_of_agent(session, agent, now)}
    call = calls.get(attempt_id)
    if call is None:
        raise NotFound("that call is none of your last ones; look at the list again")
    return note_down(session, call.attempt, word, agent, now, by)


def note_down(
    session: Session, attempt: DialAttemptRow, word: Word, agent: str, now: float, by: str
) -> Noted:
    """Sets the disposition; a callback is promised, who asked not to be called is listed. That the
    agent was in the call is the caller's to know."""
    campaign = find_campaign(session, attempt.campaign)
    if campaign is None:
        raise NotFound("that campaign was deleted")
    before = attempt.disposition
    wanted = set_disposition(session, campaign, attempt.id, word.code, now)
    if wanted.then == "callback" and attempt.lead_id is not None:
        if promised_since(session, attempt):
            raise InvalidInput(_PROMISED_SINCE)
        callbacks.promise(
            session, attempt.lead_id, campaign.name, _wall(word.when), now,
            agent=agent if word.mine else "", number=attempt.number, note=word.note, by=by,
        )  # fmt: skip
    if wanted.then == "do-not-call":
        do_not_call.opt_out(session, attempt.id, now, source="agent", by=by)
    return Noted(wanted.title, before)


def _wall(when: str) -> datetime:
    try:
        found = datetime.fromisoformat(when)
    except ValueError:
        raise InvalidInput("write day and time of the callback, by the lead's clock") from None
    return found.replace(tzinfo=None, second=0, microsecond=0)
