"""When a campaign is over by itself: its target is reached, or its leads are used up."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.accounts.audit import write_audit
from callcenter.db.campaign_store import find_campaign
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.db.models.site_menus import SiteJourneyRow
from callcenter.dialer.compliance import refusals, verdicts
from callcenter.dialer.leads.campaigns import judge_and_set_state
from callcenter.dialer.leads.conditions import clause
from callcenter.dialer.leads.read import Known, know
from callcenter.domain.campaign import Campaign
from callcenter.domain.lead import Lead

log = logging.getLogger(__name__)

LOOKED_AT = 1000  # open leads in one transaction
AT_ONCE = 100
# Refusals of a number that no waiting ends and no setting outside of it.
FOR_GOOD = frozenset({"lead", "number", "do-not-call", "attempts"})
MOVING_FIELDS = ("age_days", "idle_days")  # a filter on them lets more leads in as time goes by


@dataclass(frozen=True)
class Looked:
    """`why`: it is finished; empty: it goes on, or does not run any more. `after`: all open leads
    up to this id are used up and more are to be looked at; 0: the look is over."""

    why: str = ""
    after: int = 0


def finish(sessions: sessionmaker[Session], name: str, now: float, after: int = 0) -> Looked:
    """Why the campaign is finished is written into the audit log and its board's reasons. Raises
    Conflict when somebody saves it in this moment."""
    with sessions.begin() as session:
        campaign = find_campaign(session, name)
        looked = look(session, campaign, now, after) if campaign else Looked()
        why = looked.why
        if not why:
            return looked
        judge_and_set_state(session, name, "finished", now)
        write_audit(
            session, at=now, by="dialer", action="campaign_finished", subject=name, detail=why
        )
        said = {"campaign": name, "at": now, "dial": 0, "reason": f"finished: {why}"}
        session.execute(insert(PacingDecisionRow).values(said))
    log.info("campaign_finished", extra={"campaign": name, "why": why})
    return looked


def look(session: Session, campaign: Campaign, now: float, after: int = 0) -> Looked:
    """A target ends it; leads that are used up do so with a target too."""
    if campaign.state != "running":
        return Looked()
    target = campaign.target_successes
    if target and successes(session, campaign) >= target:
        return Looked(f"the target of {target} successes is reached")
    if campaign.mode == "manual" or not _has_leads(session, campaign):
        return Looked()  # agents type numbers, or leads are still to come
    if _callers_may_ask(session, campaign):
        return Looked()
    if _calls_up(session, campaign):
        return Looked()
    ids = _open_leads(session, campaign, now, after)
    if _some_left(session, campaign, ids, now):
        return Looked()
    return Looked(after=ids[-1]) if len(ids) == LOOKED_AT else Looked("every lead is done")


def successes(session: Session, campaign: Campaign) -> int:
    """Calls whose disposition counts toward the target, since the campaign was made."""
    codes = [each.code for each in campaign.dispositions if each.success]
    row = DialAttemptRow
    query = select(func.count()).where(row.campaign == campaign.name, row.disposition.in_(codes))
    return session.scalar(query) or 0


def _has_leads(session: Session, campaign: Campaign) -> bool:
    return session.scalar(select(LeadRow.id).where(_listed(campaign)).limit(1)) is not None


def _callers_may_ask(session: Session, campaign: Campaign) -> bool:
    """A journey promises callers that this campaign calls back: leads may always come."""
    query = select(SiteJourneyRow.name).where(SiteJourneyRow.argument == campaign.name)
    return session.scalar(query.limit(1)) is not None


def _calls_up(session: Session, campaign: Campaign) -> bool:
    row = DialAttemptRow
    query = select(row.id).where(row.campaign == campaign.name, row.outcome == "")
    return session.scalar(query.limit(1)) is not None


def _open_leads(session: Session, campaign: Campaign, now: float, after: int) -> list[int]:
    """And those whom it promised to call."""
    is_open = LeadRow.state == "open"
    if not any(field in campaign.filter for field in MOVING_FIELDS):
        is_open &= clause(campaign.filter, now)
    promised = select(CallbackRow.lead_id).where(
        CallbackRow.campaign == campaign.name, CallbackRow.state == "open"
    )
    query = select(LeadRow.id).where(_listed(campaign), LeadRow.id > after)
    query = query.order_by(LeadRow.id).limit(LOOKED_AT)
    # Two questions: with an "or" PostgreSQL reads all leads of the lists, those that are done too.
    found = {
        lead
        for either in (is_open, LeadRow.id.in_(promised))
        for lead in session.scalars(query.where(either))
    }
    return sorted(found)[:LOOKED_AT]


def _some_left(session: Session, campaign: Campaign, ids: list[int], now: float) -> bool:
    for start in range(0, len(ids), AT_ONCE):
        known = know(session, campaign, ids[start : start + AT_ONCE], now)
        if any(_is_left(known, lead, campaign, now) for lead in known.leads.values()):
            return True
    return False


def _is_left(known: Known, lead: Lead, campaign: Campaign, now: float) -> bool:
    """One of its numbers may be called some day."""
    for number in lead.numbers:
        facts = known.facts_of(lead, number)
        found = refusals(verdicts(lead, number, campaign, facts, now))
        if FOR_GOOD.isdisjoint(each.rule for each in found):
            return True
    return False


def _listed(campaign: Campaign) -> ColumnElement[bool]:
    names = [share.list for share in campaign.lists if share.weight > 0]
    return LeadRow.list_id.in_(select(LeadListRow.id).where(LeadListRow.name.in_(names)))
