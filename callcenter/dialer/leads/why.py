"""Why a lead is not dialed: every rule's answer for each of its numbers in each campaign that has
its list, and the first moment at which all of them pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaign, load_campaigns
from callcenter.db.models.permissions import CallbackRow
from callcenter.db.site_store import load_site
from callcenter.dialer.compliance import (
    Verdict,
    allowed,
    first_due_at,
    refusals,
    verdicts,
)
from callcenter.dialer.leads.read import Known, know, lead_of
from callcenter.dialer.leads.reserve import in_turn
from callcenter.domain.agent_guaranteed import agent_guaranteed
from callcenter.domain.campaign import Campaign
from callcenter.domain.lead import Lead, LeadNumber


@dataclass(frozen=True)
class NumberAnswer:
    number: LeadNumber
    verdicts: tuple[Verdict, ...]
    due_at: float | None  # now when it may be dialed now; None: not by waiting

    @property
    def allowed(self) -> bool:
        return allowed(self.verdicts)


@dataclass(frozen=True)
class CampaignAnswer:
    campaign: Campaign
    numbers: tuple[NumberAnswer, ...]

    @property
    def due_at(self) -> float | None:
        return min((each.due_at for each in self.numbers if each.due_at is not None), default=None)

    @property
    def allowed(self) -> bool:
        return any(each.allowed for each in self.numbers)


@dataclass(frozen=True)
class WhyAnswer:
    lead: Lead
    campaigns: tuple[CampaignAnswer, ...]


def why(session: Session, lead_id: int, now: float, campaign: str = "") -> WhyAnswer:
    """For all campaigns of the lead's list, or one. Raises NotFound."""
    lead = lead_of(session, lead_id)
    if campaign:
        asked = [load_campaign(session, campaign)]
    else:
        asked = [each for each in load_campaigns(session) if _has(each, lead.list)]
    return WhyAnswer(lead, tuple(_answer(session, lead_id, each, now) for each in asked))


def why_promises_wait(
    session: Session, promises: Iterable[CallbackRow], campaigns: Iterable[Campaign], now: float
) -> dict[int, str]:
    """Id of a promise that is due and cannot be kept now → what forbids it."""
    due: dict[str, list[CallbackRow]] = {}
    for each in promises:
        if each.due_at <= now:
            due.setdefault(each.campaign, []).append(each)
    found: dict[int, str] = {}
    for campaign in campaigns:
        rows = due.get(campaign.name, [])
        known = know(session, campaign, [each.lead_id for each in rows], now)
        for row in rows:
            found[row.id] = _forbids(known, known.leads[row.lead_id], row.agent, campaign, now)
    return {id_: words for id_, words in found.items() if words}


def _forbids(known: Known, lead: Lead, agent: str, campaign: Campaign, now: float) -> str:
    """Of the number that waiting may help, or of the last one; empty: nothing."""
    words = ""
    for number in in_turn(lead):
        facts = known.facts_of(lead, number, agent=agent, agent_guaranteed=bool(agent))
        failing = refusals(verdicts(lead, number, campaign, facts, now))
        if not failing:
            return ""
        words = failing[0].words
        if all(each.due_at is not None for each in failing):
            break
    return words


def _has(campaign: Campaign, list_name: str) -> bool:
    return any(share.list == list_name for share in campaign.lists)


def _answer(session: Session, lead_id: int, campaign: Campaign, now: float) -> CampaignAnswer:
    known = know(session, campaign, [lead_id], now)
    lead = known.leads[lead_id]
    callback = known.callbacks.get(lead_id)
    agent = callback.agent if callback else ""  # who promised to call: asked as if by that agent
    guaranteed = agent_guaranteed(campaign, load_site(session))
    found = []
    for number in in_turn(lead):
        facts = known.facts_of(lead, number, agent=agent, agent_guaranteed=guaranteed)
        judged = verdicts(lead, number, campaign, facts, now)
        due_at = first_due_at(lead, number, campaign, facts, now)
        found.append(NumberAnswer(number, judged, due_at))
    return CampaignAnswer(campaign, tuple(found))
