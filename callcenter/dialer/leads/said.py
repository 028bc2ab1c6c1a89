"""What an agent says became of a campaign's call: the disposition and all that it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import find_campaign
from callcenter.db.models.calls import CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.leads import callbacks, do_not_call
from callcenter.dialer.leads.read import leads_of
from callcenter.dialer.leads.settle import set_disposition
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.lead import Lead

SHOWN = 5
SHOWN_SECONDS = 4 * 3600.0


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
    found: dict[str, CampaignCall] = {}
    for attempt, ended_at, started_at in session.execute(query):
        campaign = find_campaign(session, attempt.campaign)
        if campaign is None or attempt.id in found or len(found) == SHOWN:
            continue
        lead_id = attempt.lead_id
        lead = leads_of(session, [lead_id]).get(lead_id) if lead_id is not None else None
        found[attempt.id] = CampaignCall(attempt, campaign, lead, ended_at is None, started_at)
    return list(found.values())


def say(
    session: Session,
    agent: str,
    attempt_id: str,
    code: str,
    now: float,
    *,
    wall: datetime | None = None,
    mine: bool = False,
    note: str = "",
    by: str = "",
) -> str:
    """Sets the disposition; a callback is promised for `wall` (naive, the lead's clock), to this
    agent when `mine`; who asked not to be called is listed. Returns the disposition's title."""
    calls = {each.attempt.id: each for each in calls_of_agent(session, agent, now)}
    call = calls.get(attempt_id)
    if call is None:
        raise NotFound("that call is none of your last ones; look at the list again")
    wanted = next((each for each in call.campaign.dispositions if each.code == code), None)
    if wanted is None:
        raise InvalidInput("choose what the call came to")
    if wanted.then == "callback" and wall is None:
        raise InvalidInput("write day and time of the callback, by the lead's clock")
    set_disposition(session, call.campaign, attempt_id, code, now)
    if wanted.then == "callback" and wall is not None and call.attempt.lead_id is not None:
        callbacks.promise(
            session, call.attempt.lead_id, call.campaign.name, wall, now,
            agent=agent if mine else "", number=call.attempt.number, note=note, by=by,
        )  # fmt: skip
    if wanted.then == "do-not-call":
        do_not_call.opt_out(session, attempt_id, now, source="agent", by=by)
    return wanted.title
