"""Taking leads for a campaign. What is reserved has its `dial_attempts` row in the transaction that
marks the lead as held: after the commit it may be dialed, and nobody else gets it.

    with sessions.begin() as session:
        taken = reserve_leads(session, campaign, 3, now, node="pbx1", hopper=hopper)

Two processes may do so at once, on either database: a lead is locked before its facts are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from callcenter.dialer.compliance import Verdict, allowed, first_due_at, verdicts
from callcenter.dialer.compliance.caller_id import caller_id_for
from callcenter.dialer.leads.candidates import Hopper, NewId, due_callbacks
from callcenter.dialer.leads.read import Known, know
from callcenter.domain.campaign import BY_HAND, Campaign, Mode
from callcenter.domain.lead import Lead, LeadNumber

LOOKED_AT_ONCE = 50
ROUNDS = 20  # so many batches that no rule lets through, then the next tick goes on
SKIP_SECONDS = 900.0
NEVER_SKIP_SECONDS = 4 * 3600.0


@dataclass(frozen=True)
class Reservation:
    """A lead that is ours, and the attempt written down for it."""

    attempt_id: str  # 32 hex digits, CC_ATTEMPT on the channel
    campaign: str
    lead_id: int
    number: str
    caller_id: str
    lead: Lead


def reserve_leads(
    session: Session,
    campaign: Campaign,
    count: int,
    now: float,
    *,
    node: str,
    hopper: Hopper | None = None,
    agent: str = "",
    agent_guaranteed: bool = False,
    new_id: NewId = lambda: uuid4().hex,
) -> list[Reservation]:
    """At most `count` leads that every rule lets through now, callbacks that are due first.

    `agent`: whose call it will be (preview, or a callback kept for an agent). `agent_guaranteed`: a
    free agent is kept for each of the calls. `hopper`: give the campaign's own, or a large list is
    sorted at every call.
    """
    hopper = hopper or Hopper()
    taken: list[Reservation] = []
    callbacks = due_callbacks(session, campaign, now, agent, LOOKED_AT_ONCE)
    for batch in range(ROUNDS):
        if len(taken) >= count:
            break
        # Most of the first ones usually pass; when they do not, more are looked at together.
        wanted = 2 * count + 5 if batch == 1 else LOOKED_AT_ONCE
        ids = callbacks if batch == 0 else hopper.take(session, campaign, now, wanted)
        if batch and not ids:
            break
        asked = _Asked(campaign, now, node, agent, agent_guaranteed, new_id)
        spare = _reserve_from(session, asked, ids, count, taken)
        _put_back(hopper, spare if batch else [])
    return taken


def reserve_lead(
    session: Session,
    campaign: Campaign,
    lead_id: int,
    now: float,
    *,
    node: str,
    agent: str,
    new_id: NewId = lambda: uuid4().hex,
) -> Reservation | None:
    """This lead, for an agent who dials it by hand; None when it is held or a rule forbids it."""
    taken: list[Reservation] = []
    asked = _Asked(campaign, now, node, agent, True, new_id)
    _reserve_from(session, asked, [lead_id], 1, taken)
    return taken[0] if taken else None


@dataclass(frozen=True)
class _Asked:
    campaign: Campaign
    now: float
    node: str
    agent: str
    agent_guaranteed: bool
    new_id: NewId


def _reserve_from(
    session: Session, asked: _Asked, ids: list[int], count: int, taken: list[Reservation]
) -> list[Lead]:
    """Goes on in `taken`; returns those that were not looked at because it is full."""
    locked = _lock(session, ids)
    if not locked:
        return []
    known = know(session, asked.campaign, locked, asked.now)
    ordered = [known.leads[lead_id] for lead_id in ids if lead_id in known.leads]
    for index, lead in enumerate(ordered):
        if len(taken) >= count:
            return ordered[index:]
        number = _number_to_dial(session, known, lead, asked, taken)
        if number is not None:
            taken.append(_write(session, lead, number, asked))
    return []


def _lock(session: Session, ids: list[int]) -> list[int]:
    """The leads among `ids` that are free, locked until the transaction ends."""
    if not ids:
        return []
    free: ColumnElement[bool] = LeadRow.attempt == ""
    query = select(LeadRow.id).where(LeadRow.id.in_(ids), free)
    wait_for_writers(session)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def wait_for_writers(session: Session) -> None:
    """SQLite has one lock for all; a write takes it, even one that changes nothing."""
    if _sqlite(session):
        session.execute(update(LeadRow).where(LeadRow.id == -1).values(attempt=""))


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _number_to_dial(
    session: Session, known: Known, lead: Lead, asked: _Asked, taken: list[Reservation]
) -> LeadNumber | None:
    """The first of the lead's numbers, from the next one on, that every rule lets through."""
    dues: list[float | None] = []
    callback = known.callbacks.get(lead.id)
    if callback and callback.agent not in ("", asked.agent):
        return None  # not put aside either: its agent may be free in a moment
    for number in in_turn(lead):
        if any(each.number == number.number for each in taken):
            return None  # another lead of this very batch has it; it will be judged next time
        facts = known.facts_of(
            lead, number, agent=asked.agent, agent_guaranteed=asked.agent_guaranteed
        )
        found: tuple[Verdict, ...] = verdicts(lead, number, asked.campaign, facts, asked.now)
        if allowed(found) and alone_with(session, number.number):
            return number
        dues.append(first_due_at(lead, number, asked.campaign, facts, asked.now))
    _skip(session, lead, dues, asked.now)
    return None


def in_turn(lead: Lead) -> tuple[LeadNumber, ...]:
    """The lead's numbers in the order they are to be tried now."""
    places = [number.number for number in lead.numbers]
    first = places.index(lead.next_number) if lead.next_number in places else 0
    return (*lead.numbers[first:], *lead.numbers[:first])


def alone_with(session: Session, number: str) -> bool:
    """No other process is reserving the same number in this moment, until the transaction ends."""
    if _sqlite(session):
        wait_for_writers(session)
        return True
    query = select(func.pg_try_advisory_xact_lock(func.hashtextextended(number, 0)))
    return bool(session.scalar(query))


def _skip(session: Session, lead: Lead, dues: list[float | None], now: float) -> None:
    """Not looked at again before it can be due, and looked at once in a while all the same, since
    people change settings and lists."""
    waits = [due for due in dues if due is not None]
    longest = SKIP_SECONDS if waits else NEVER_SKIP_SECONDS
    until = min(min(waits, default=now + longest), now + longest)
    session.execute(
        update(LeadRow).where(LeadRow.id == lead.id).values(skip_until=max(until, now + 1.0))
    )


def _write(session: Session, lead: Lead, number: LeadNumber, asked: _Asked) -> Reservation:
    campaign, attempt_id = asked.campaign, asked.new_id()
    turn = int(attempt_id[:6], 16) if attempt_id[:6].isalnum() else 0
    caller_id = caller_id_for(number.number, campaign.caller_ids, turn)
    session.execute(
        insert(DialAttemptRow).values(
            id=attempt_id,
            campaign=campaign.name,
            lead_id=lead.id,
            number=number.number,
            caller_id=caller_id,
            mode=_mode(asked),
            agent=asked.agent,
            node=asked.node,
            reserved_at=asked.now,
        )
    )
    session.execute(
        update(LeadRow)
        .where(LeadRow.id == lead.id)
        .values(attempt=attempt_id, next_number=number.number, zones=",".join(number.zones))
    )
    return Reservation(attempt_id, campaign.name, lead.id, number.number, caller_id, lead)


def _mode(asked: _Asked) -> Mode:
    """An agent on the line first is a call by hand in every campaign: the law's limit leaves it
    out, and the call's first channel is the agent's phone."""
    mode = asked.campaign.mode
    return "manual" if asked.agent and mode not in BY_HAND else mode


def _put_back(hopper: Hopper, spare: list[Lead]) -> None:
    by_list: dict[str, list[int]] = {}
    for lead in spare:
        by_list.setdefault(lead.list, []).append(lead.id)
    for name, ids in by_list.items():
        hopper.put_back(name, ids)
