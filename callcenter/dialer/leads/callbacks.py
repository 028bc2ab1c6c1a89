"""Calls promised to leads, at the lead's own wall clock.

A promise outlives what ends a lead in its list: a last try, another campaign's word. It ends when
it is kept, when an agent of its campaign says something else, when a person takes it back or the
lead out, and when nobody may call the lead any more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.domain.errors import InvalidInput, NotFound

CALLED_BACK = ("open", "done")  # states of leads to whom a promise is kept
BY_CALLER = "caller"  # who made it: the person called us and asked


def promise(
    session: Session,
    lead_id: int,
    campaign: str,
    wall: datetime,
    now: float,
    *,
    agent: str = "",
    number: str = "",
    note: str = "",
    by: str = "",
) -> CallbackRow:
    """`wall` is naive: the time the lead understood, in the first zone of the number. One promise
    a lead and campaign: a new one replaces the old. The lead is opened for it."""
    lead = session.get(LeadRow, lead_id)
    if lead is None:
        raise NotFound(f"there is no lead {lead_id}")
    if lead.state == "do-not-call":
        raise InvalidInput("the lead asked not to be called; no callback can be promised")
    if lead.state == "removed":
        raise InvalidInput("the lead was taken out of dialing; open it again first")
    zone = zone_of(session, lead, number)
    if wall.year > datetime.fromtimestamp(now, UTC).year + 1:
        raise InvalidInput(f"{wall:%Y-%m-%d} is too far away; choose this year or the next")
    due_at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp()
    if due_at < now:
        raise InvalidInput(f"{wall:%Y-%m-%d %H:%M} in {zone} is past; choose a later time")
    row = CallbackRow(
        lead_id=lead_id, campaign=campaign, number=number, agent=agent, due_at=due_at,
        zone=zone, note=note, made_by=by, made_at=now,
    )  # fmt: skip
    return keep(session, lead, row)


def keep(session: Session, lead: LeadRow, promised: CallbackRow) -> CallbackRow:
    """In place of the lead's open one in that campaign, if there is one."""
    take_back(session, lead.id, promised.campaign)
    session.add(promised)
    lead.state, lead.skip_until = "open", 0.0
    session.flush()
    return promised


def take_back(session: Session, lead_id: int, campaign: str = "") -> None:
    """What was promised to this lead, by one campaign or by all."""
    query = update(CallbackRow).where(CallbackRow.lead_id == lead_id, CallbackRow.state == "open")
    if campaign:
        query = query.where(CallbackRow.campaign == campaign)
    session.execute(query.values(state="cancelled"))


def due(campaign: str, now: float, agents: Collection[str]) -> Select[str, int]:
    """(agent, lead) of those promised by one of these (empty: by anyone) that may be looked at
    now, the one due longest first."""
    return (
        select(CallbackRow.agent, CallbackRow.lead_id)
        .join(LeadRow, LeadRow.id == CallbackRow.lead_id)
        .where(
            CallbackRow.state == "open",
            CallbackRow.campaign == campaign,
            CallbackRow.due_at <= now,
            CallbackRow.agent.in_(agents),
            LeadRow.state.in_(CALLED_BACK),
            LeadRow.attempt == "",
            LeadRow.skip_until <= now,
        )
        .order_by(CallbackRow.due_at, CallbackRow.id)
    )


def cancel(session: Session, callback_id: int) -> None:
    row = session.get(CallbackRow, callback_id)
    if row is None or row.state != "open":
        raise NotFound("that callback is not open any more")
    row.state = "cancelled"


def give_to_anyone(session: Session, callback_id: int) -> CallbackRow:
    """The agent who promised it is not there: whoever is free may make it."""
    row = session.get(CallbackRow, callback_id)
    if row is None or row.state != "open":
        raise NotFound("that callback is not open any more")
    row.agent = ""
    session.execute(update(LeadRow).where(LeadRow.id == row.lead_id).values(skip_until=0.0))
    return row


def promised(
    session: Session, campaigns: Collection[str], limit: int, agent: str = ""
) -> list[tuple[CallbackRow, LeadRow]]:
    """Open ones of these campaigns, the one due first first; of one agent, or of all."""
    query = (
        select(CallbackRow, LeadRow)
        .join(LeadRow, LeadRow.id == CallbackRow.lead_id)
        .where(CallbackRow.state == "open", CallbackRow.campaign.in_(campaigns))
    )
    if agent:
        query = query.where(CallbackRow.agent == agent)
    found = session.execute(query.order_by(CallbackRow.due_at, CallbackRow.id).limit(limit))
    return [(row, lead) for row, lead in found]


def is_kept_for(session: Session, agent: str, campaign: str, lead_id: int) -> bool:
    """Whether this agent promised to call that lead, and has not done so yet."""
    query = select(CallbackRow.id).where(
        CallbackRow.lead_id == lead_id,
        CallbackRow.state == "open",
        CallbackRow.campaign == campaign,
        CallbackRow.agent == agent,
        CallbackRow.agent != "",
    )
    return session.scalar(query.limit(1)) is not None


def zone_of(session: Session, lead: LeadRow, number: str = "") -> str:
    """The first zone the number may be in; where none is known, the caller has to say so."""
    query = select(LeadNumberRow.zones).where(
        LeadNumberRow.lead_id == lead.id, LeadNumberRow.number == (number or lead.next_number)
    )
    zones = session.scalar(query) or lead.zones
    if not zones:
        raise InvalidInput("no time zone is known for this lead; give it a postal code or region")
    return zones.split(",")[0]
