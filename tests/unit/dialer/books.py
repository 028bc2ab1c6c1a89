"""Databases with campaigns and leads for these tests, made quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import save_campaign
from callcenter.db.engine import open_engine
from callcenter.db.models import Base, LeadListRow, LeadNumberRow, LeadRow
from callcenter.domain.campaign import Campaign, ListShare

# Monday 2026-11-23 15:00 UTC: ten in the morning in New York.
NOW = 1795446000.0
ZONE = "America/New_York"


def a_campaign(**changes: Any) -> Campaign:
    values: dict[str, Any] = {
        "name": "autumn",
        "title": "Autumn",
        "queue": "sales",
        "state": "running",
        "lists": (ListShare("fresh"),),
    }
    return Campaign(**(values | changes))


@contextmanager
def books(url: str = "sqlite://") -> Iterator[Engine]:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def add_list(session: Session, name: str = "fresh", country: str = "US") -> int:
    row = LeadListRow(name=name, title=name.title(), country=country, made_at=NOW)
    session.add(row)
    session.flush()
    return row.id


def add_leads(session: Session, list_id: int, *numbers: tuple[str, ...]) -> list[int]:
    """One lead for each tuple of numbers, all of them in New York."""
    ids = []
    for own in numbers:
        lead = LeadRow(list_id=list_id, next_number=own[0], zones=ZONE, country="US", made_at=NOW)
        session.add(lead)
        session.flush()
        ids.append(lead.id)
        for position, number in enumerate(own):
            session.execute(
                insert(LeadNumberRow).values(
                    lead_id=lead.id, position=position, number=number, zones=ZONE
                )
            )
    return ids


def prepared(session: Session, leads: int, campaign: Campaign | None = None) -> list[int]:
    """The list `fresh` with leads of one number each, and a campaign that dials it."""
    list_id = add_list(session)
    ids = add_leads(session, list_id, *((f"+1212555{n:04d}",) for n in range(leads)))
    save_campaign(session, campaign or a_campaign(), NOW)
    return ids
