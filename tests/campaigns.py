"""A campaign with leads, put straight into the database, for tests and benches that dial."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import time as clock

from sqlalchemy.orm import Session

from callcenter.db.campaign_store import save_campaign
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.domain.campaign import EVERY_DAY, Campaign, ListShare
from callcenter.domain.site import OpeningRule

ALWAYS = (OpeningRule(EVERY_DAY, clock(0), clock(0)),)


def add_campaign(session: Session, campaign: Campaign, numbers: Iterable[str]) -> Campaign:
    """The campaign as it was saved: with a list of its own, open at all hours."""
    now = time.time()
    rows = LeadListRow(name=campaign.name, title=campaign.title, country="US", made_at=now)
    session.add(rows)
    session.flush()
    for number in numbers:
        add_lead(session, rows.id, number, now)
    ready = {"lists": (ListShare(campaign.name),), "rules": "none", "hours": ALWAYS}
    saved = Campaign(**{**vars(campaign), **ready})
    save_campaign(session, saved, now)
    return saved


def add_lead(session: Session, list_id: int, number: str, now: float) -> None:
    lead = LeadRow(list_id=list_id, next_number=number, zones="UTC", made_at=now)
    session.add(lead)
    session.flush()
    session.add(LeadNumberRow(lead_id=lead.id, position=0, number=number, zones="UTC"))
