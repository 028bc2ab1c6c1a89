"""Leads and the facts about them, read for many leads with a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import (
    CallbackRow,
    ConsentRow,
    DoNotCallRow,
    OutsideListRow,
)
from callcenter.dialer.leads.conditions import clause
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import NotFound
from callcenter.domain.lead import (
    Callback,
    Consent,
    Facts,
    Lead,
    LeadNumber,
    Listing,
    OutsideList,
    PastAttempt,
)

# Fields of a lead that files, pages and scripts may name; the rest of LeadRow is ours.
NAMED_FIELDS = (
    "external_id", "given_name", "family_name", "company", "email", "address", "city",
    "postal_code", "region", "country", "language", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Leads with what the rules need to know; `facts_of` puts it together for one number."""

    leads: dict[int, Lead]
    active_lists: frozenset[str]
    in_filter: frozenset[int]
    listings: dict[str, tuple[Listing, ...]]
    outside_lists: tuple[OutsideList, ...]
    consents: dict[str, tuple[Consent, ...]]
    attempts: tuple[PastAttempt, ...]
    callbacks: dict[int, Callback]

    def facts_of(
        self,
        lead: Lead,
        number: LeadNumber,
        *,
        agent: str = "",
        agent_guaranteed: bool = False,
    ) -> Facts:
        callback = self.callbacks.get(lead.id)
        return Facts(
            listings=self.listings.get(number.number, ()),
            outside_lists=self.outside_lists,
            consents=self.consents.get(number.number, ()),
            attempts=tuple(
                each
                for each in self.attempts
                if each.lead_id == lead.id or each.number == number.number
            ),
            callback=callback,
            list_active=lead.list in self.active_lists,
            in_filter=lead.id in self.in_filter or callback is not None,
            agent_guaranteed=agent_guaranteed,
            agent=agent,
        )


def know(session: Session, campaign: Campaign, lead_ids: Iterable[int], now: float) -> Known:
    """What the rules ask about these leads. At most some hundred at a time."""
    ids = list(lead_ids)
    leads = leads_of(session, ids)
    numbers = {number.number for lead in leads.values() for number in lead.numbers}
    matching = select(LeadRow.id).where(LeadRow.id.in_(ids), clause(campaign.filter, now))
    lists = select(LeadListRow.name).where(LeadListRow.active)
    return Known(
        leads=leads,
        active_lists=frozenset(session.scalars(lists)),
        in_filter=frozenset(session.scalars(matching)),
        listings=listings_of(session, campaign.name, numbers),
        outside_lists=outside_lists(session),
        consents=consents_of(session, campaign.name, numbers),
        attempts=_attempts(session, ids, numbers),
        callbacks=_callbacks(session, campaign.name, ids),
    )


def lead_of(session: Session, lead_id: int) -> Lead:
    found = leads_of(session, [lead_id])
    if lead_id not in found:
        raise NotFound(f"there is no lead {lead_id}")
    return found[lead_id]


def leads_of(session: Session, ids: list[int]) -> dict[int, Lead]:
    lists = session.execute(select(LeadListRow.id, LeadListRow.name))
    names = {row.id: row.name for row in lists}
    query = select(LeadNumberRow).where(LeadNumberRow.lead_id.in_(ids))
    numbers: dict[int, list[LeadNumber]] = defaultdict(list)
    query = query.order_by(LeadNumberRow.lead_id, LeadNumberRow.position)
    for row in session.scalars(query.execution_options(populate_existing=True)):
        numbers[row.lead_id].append(_number(row))
    rows = session.scalars(
        select(LeadRow).where(LeadRow.id.in_(ids)).execution_options(populate_existing=True)
    )
    return {row.id: _lead(row, names[row.list_id], tuple(numbers[row.id])) for row in rows}


def listings_of(
    session: Session, campaign: str, numbers: Iterable[str]
) -> dict[str, tuple[Listing, ...]]:
    """Entries that hold in this campaign (empty: in any): the site's, its own, all outside ones."""
    query = select(DoNotCallRow).where(DoNotCallRow.number.in_(list(numbers)))
    found: dict[str, tuple[Listing, ...]] = {}
    for row in session.scalars(query):
        if row.scope != "campaign" or row.scope_name == campaign:
            listing = Listing(row.scope, row.scope_name, row.reason, row.added_at)  # type: ignore[arg-type]
            found[row.number] = (*found.get(row.number, ()), listing)
    return found


def outside_lists(session: Session) -> tuple[OutsideList, ...]:
    row = OutsideListRow
    query = select(row.name, row.expires_at, row.scrubbed_at).order_by(row.name)
    return tuple(OutsideList(*found) for found in session.execute(query))


def consents_of(
    session: Session, campaign: str, numbers: set[str]
) -> dict[str, tuple[Consent, ...]]:
    query = select(ConsentRow).where(
        ConsentRow.number.in_(numbers), ConsentRow.campaign.in_(("", campaign))
    )
    found: dict[str, tuple[Consent, ...]] = {}
    for row in session.scalars(query.order_by(ConsentRow.given_at, ConsentRow.id)):
        consent = Consent(row.given_at, row.expires_at, row.revoked_at)
        found[row.number] = (*found.get(row.number, ()), consent)
    return found


def _attempts(session: Session, ids: list[int], numbers: set[str]) -> tuple[PastAttempt, ...]:
    row = DialAttemptRow
    query = (
        select(row.number, row.reserved_at, row.outcome, row.lead_id, row.campaign)
        .where(or_(row.lead_id.in_(ids), row.number.in_(numbers)))
        .order_by(row.reserved_at)
    )
    return tuple(PastAttempt(*found) for found in session.execute(query))


def _callbacks(session: Session, campaign: str, ids: list[int]) -> dict[int, Callback]:
    """The next one promised to each lead."""
    query = select(CallbackRow).where(
        CallbackRow.lead_id.in_(ids),
        CallbackRow.state == "open",
        CallbackRow.campaign == campaign,
    )
    rows = session.scalars(query.order_by(CallbackRow.due_at.desc(), CallbackRow.id))
    return {row.lead_id: Callback(row.id, row.due_at, row.agent, row.number) for row in rows}


def _number(row: LeadNumberRow) -> LeadNumber:
    zones = tuple(row.zones.split(",")) if row.zones else ()
    return LeadNumber(row.number, zones, row.state, row.kind)  # type: ignore[arg-type]


def _lead(row: LeadRow, list_name: str, numbers: tuple[LeadNumber, ...]) -> Lead:
    values = {name: getattr(row, name) for name in NAMED_FIELDS}
    return Lead(
        id=row.id,
        list=list_name,
        numbers=numbers,
        state=row.state,  # type: ignore[arg-type]
        due_at=row.due_at,
        recycled_at=row.recycled_at,
        attempt=row.attempt,
        country=row.country,
        region=row.region,
        next_number=row.next_number,
        values={name: value for name, value in values.items() if value} | row.fields,
    )
