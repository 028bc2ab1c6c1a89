"""Leads that agents dial themselves: preview and manual campaigns, and callbacks."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.leads import LeadRow
from callcenter.dialer.leads.callbacks import CALLED_BACK
from callcenter.dialer.leads.candidates import Hopper
from callcenter.dialer.leads.reserve import Reservation, reserve_lead, reserve_leads
from callcenter.dialer.leads.settle import settle_attempt
from callcenter.domain.campaign import Campaign

SKIPPED_SECONDS = 3600.0


def reserve_next(
    sessions: sessionmaker[Session],
    campaign: Campaign,
    agent: str,
    now: float,
    node: str,
    hopper: Hopper,
) -> Reservation | None:
    with sessions.begin() as session:
        taken = reserve_leads(
            session, campaign, 1, now, node=node, hopper=hopper, agent=agent, agent_guaranteed=True
        )
    return taken[0] if taken else None


def reserve_this(
    sessions: sessionmaker[Session],
    campaign: Campaign,
    lead: int,
    agent: str,
    now: float,
    node: str,
) -> Reservation | None:
    with sessions.begin() as session:
        return reserve_lead(session, campaign, lead, now, node=node, agent=agent)


def skip(sessions: sessionmaker[Session], offered: Reservation, reason: str, now: float) -> None:
    """The agent does not want to call this one now; others may in an hour."""
    with sessions.begin() as session:
        lead = session.get(LeadRow, offered.lead_id)
        before = lead.state if lead else ""  # done: it was called for a promise
        settle_attempt(
            session, None, offered.attempt_id, "unplaced", now, {"cause": f"skipped: {reason}"[:64]}
        )
        if lead is not None and lead.state in CALLED_BACK:  # nobody opted out meanwhile
            lead.state, lead.due_at = before, now + SKIPPED_SECONDS
