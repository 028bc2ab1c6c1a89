"""From a decision to orders: reserve, judge again, write down: in this order. `sending` sends them.

What is committed here before the call: the attempt (by `reserve_leads`), then the moment it is
placed and the id its channel will have. A kill between any two steps leaves either an attempt that
was never sent (the next start gives the lead back) or one that CEL tells about.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import find_campaign
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.compliance import allowed, at_dialing, refusals, verdicts
from callcenter.dialer.compliance.caller_id import caller_id_for
from callcenter.dialer.compliance.number_zones import country_of, dialable
from callcenter.dialer.leads.candidates import Hopper
from callcenter.dialer.leads.read import consents_of, know, listings_of
from callcenter.dialer.leads.reserve import (
    Reservation,
    alone_with,
    reserve_leads,
    wait_for_writers,
)
from callcenter.dialer.leads.settle import settle_attempt
from callcenter.dialing.faults import point
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import Conflict
from callcenter.domain.lead import Facts, Lead, LeadNumber, PastAttempt
from callcenter.pbx.originate import Placing, channel_id

log = logging.getLogger(__name__)

# Rules about a lead and its list: a number dialed by hand has neither.
OF_A_LEAD = ("list", "filter", "lead", "held")
Clock = Callable[[], float]  # epoch seconds, now


@dataclass(frozen=True)
class Order:
    """An attempt that may be sent now."""

    placing: Placing
    lead: int
    placed_at: float


def take(
    sessions: sessionmaker[Session],
    campaign: Campaign,
    count: int,
    clock: Clock,
    node: str,
    hopper: Hopper,
    *,
    agent_guaranteed: bool = False,
) -> list[Order]:
    """At most `count` orders, committed. Fewer when no more leads may be called."""
    with sessions.begin() as session:
        reserved = reserve_leads(
            session, campaign, count, clock(), node=node, hopper=hopper,
            agent_guaranteed=agent_guaranteed,
        )  # fmt: skip
    point("reserved")
    if not reserved:
        return []
    return clear(sessions, campaign, reserved, clock, node, agent_guaranteed=agent_guaranteed)


def clear(
    sessions: sessionmaker[Session],
    campaign: Campaign,
    reserved: list[Reservation],
    clock: Clock,
    node: str,
    *,
    agent: str = "",
    agent_guaranteed: bool = False,
) -> list[Order]:
    """Every rule once more at the moment of dialing, by the campaign as it is saved by then; who
    passes is written down as placed."""
    orders = []
    with sessions.begin() as session:
        wait_for_writers(session)
        now = clock()  # not when it was reserved: an hour may have ended since
        campaign = find_campaign(session, campaign.name) or replace(campaign, state="finished")
        known = know(session, campaign, [each.lead_id for each in reserved], now)
        for each in reserved:
            lead = known.leads.get(each.lead_id)
            number = _number(each, lead.numbers if lead else ())
            if lead is None or number is None:
                settle_attempt(session, campaign, each.attempt_id, "blocked", now)
                continue
            facts = at_dialing(
                known.facts_of(lead, number, agent=agent, agent_guaranteed=agent_guaranteed),
                each.attempt_id,
            )
            found = verdicts(lead, number, campaign, facts, now)
            if not allowed(found):
                why = refusals(found)[0].rule
                settle_attempt(session, campaign, each.attempt_id, "blocked", now, {"cause": why})
                log.warning("dial_blocked", extra={"attempt": each.attempt_id, "rule": why})
                continue
            order = write_placed(session, each, now, node)
            if order is not None:
                orders.append(order)
    point("placed")
    return orders


def write_placed(session: Session, reserved: Reservation, now: float, node: str) -> Order | None:
    """None: it was given back meanwhile, so the lead may be somebody else's by now."""
    call = channel_id(node, reserved.attempt_id, now)
    row = DialAttemptRow
    done = session.execute(
        update(row)
        .where(row.id == reserved.attempt_id, row.outcome == "", row.placed_at.is_(None))
        .values(placed_at=now, call_id=call)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return None
    placing = Placing(reserved.attempt_id, call, reserved.number, reserved.caller_id)
    return Order(placing, reserved.lead_id, now)


def _number(reserved: Reservation, numbers: tuple[LeadNumber, ...]) -> LeadNumber | None:
    return next((each for each in numbers if each.number == reserved.number), None)


def number_by_hand(
    sessions: sessionmaker[Session],
    campaign: Campaign,
    text: str,
    agent: str,
    now: float,
    node: str,
) -> Order:
    """A number an agent typed. Raises InvalidInput, or Conflict with the rule that forbids it."""
    country = country_of(campaign.caller_ids[0].number) if campaign.caller_ids else ""
    number = dialable(text, country)
    lists = tuple(share.list for share in campaign.lists)
    lead = Lead(0, lists[0] if lists else "", (number,), country=country_of(number.number))
    with sessions.begin() as session:
        campaign = find_campaign(session, campaign.name) or replace(campaign, state="finished")
        if not alone_with(session, number.number):
            raise Conflict(f"{number.number} is being dialed in this moment.")
        known = know(session, campaign, [], now)
        facts = Facts(
            listings=listings_of(session, campaign.name, [number.number]).get(number.number, ()),
            outside_lists=known.outside_lists,
            consents=consents_of(session, campaign.name, {number.number}).get(number.number, ()),
            attempts=attempts_at(session, number.number),
            agent_guaranteed=True,
            agent=agent,
        )
        found = [each for each in verdicts(lead, number, campaign, facts, now) if not each.passes]
        forbidding = [each for each in found if each.rule not in OF_A_LEAD]
        if forbidding:
            raise Conflict(f"{number.number} may not be dialed now: {forbidding[0].words}.")
        attempt = uuid4().hex
        call = channel_id(node, attempt, now)
        caller_id = caller_id_for(number.number, campaign.caller_ids, 0)
        session.execute(
            insert(DialAttemptRow).values(
                id=attempt, campaign=campaign.name, number=number.number, caller_id=caller_id,
                mode="manual", agent=agent, node=node, reserved_at=now, placed_at=now, call_id=call,
            )
        )  # fmt: skip
    return Order(Placing(attempt, call, number.number, caller_id), 0, now)


def attempts_at(session: Session, number: str) -> tuple[PastAttempt, ...]:
    row = DialAttemptRow
    query = select(row.number, row.reserved_at, row.outcome, row.lead_id, row.campaign)
    return tuple(
        PastAttempt(*found) for found in session.execute(query.where(row.number == number))
    )
