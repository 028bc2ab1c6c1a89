"""Which campaigns, lists and entries a supervisor may look at: those of the own queues."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaigns
from callcenter.db.models.permissions import DoNotCallRow
from callcenter.domain.campaign import Campaign
from web.access import sight


def seen_campaigns(session: Session) -> list[Campaign]:
    return [each for each in load_campaigns(session) if sight().of_queue(each.queue)]


def seen_lists(session: Session) -> frozenset[str] | None:
    """Names of the lists that those campaigns dial; None: all."""
    if not sight().limited:
        return None
    return frozenset(share.list for each in seen_campaigns(session) for share in each.lists)


def seen_entries(session: Session) -> ColumnElement[bool]:
    """Of do-not-call: the site's and others' lists are everybody's, a campaign's its own."""
    if not sight().limited:
        return true()
    names = [each.name for each in seen_campaigns(session)]
    row: Any = DoNotCallRow
    return or_(row.scope != "campaign", and_(row.scope == "campaign", row.scope_name.in_(names)))
