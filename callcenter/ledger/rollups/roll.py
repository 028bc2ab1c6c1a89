"""Brings the sums up to the raw rows, in the transaction that changed the raw rows."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.ledger.rollups.agents import roll_agent_days, roll_talks
from callcenter.ledger.rollups.basis import Basis, site_basis
from callcenter.ledger.rollups.callers import roll_callers
from callcenter.ledger.rollups.dids import roll_dids
from callcenter.ledger.rollups.frozen import frozen_before
from callcenter.ledger.rollups.loads import (
    roll_load_days,
    roll_load_quarters,
    roll_wrap_up_days,
)
from callcenter.ledger.rollups.offers import roll_offers
from callcenter.ledger.rollups.queues import roll_days, roll_house, roll_quarters
from callcenter.ledger.rollups.rebuild import ensure_rolled
from callcenter.ledger.rollups.returns import keep_returns
from callcenter.ledger.rollups.states import roll_states
from callcenter.ledger.rollups.touched import (
    Quarters,
    Spans,
    Touched,
    days_between,
    keys_by_day,
    quarters_between,
    ranges,
)
from callcenter.ledger.rollups.transfers import roll_transfers
from callcenter.ledger.rollups.trunks import roll_trunks
from callcenter.ledger.rollups.waits import roll_waits


def roll_up(session: Session, touched: Touched) -> None:
    """After the books have changed; the caller commits both together."""
    if ensure_rolled(session):
        return  # all of it has just been made from the rows as they are now
    basis = site_basis(session)
    _roll_callers(session, touched, basis.zone)  # first: it finds visits that others made a return
    touched = touched.after(frozen_before(session))
    _roll_queues(session, touched.queues, basis)
    _roll_loads(session, touched, basis.zone)
    _roll_agents(session, touched, basis.zone)
    for (since, until), numbers in keys_by_day(touched.dids, basis.zone):
        roll_dids(session, numbers, since, until, basis.zone)
    _roll_trunks(session, touched.trunks)


def _roll_callers(session: Session, touched: Touched, zone: ZoneInfo) -> None:
    instants = [at for listed in touched.callers.values() for at in listed]
    if not instants:
        return
    numbers = touched.callers.keys()
    roll_callers(session, instants, numbers, zone)
    for queue, entered_at in keep_returns(session, numbers, min(instants), max(instants)):
        touched.visit(queue, entered_at)


def _roll_queues(session: Session, touched: Quarters, basis: Basis) -> None:
    for queue, quarters in touched.items():
        for since, until in ranges(quarters):
            roll_quarters(session, queue, since, until, basis.of(queue))
    for since, until in ranges(set().union(*touched.values())):
        roll_house(session, since, until)
    for (since, until), queues in keys_by_day(touched, basis.zone):
        for queue in queues:
            roll_days(session, queue, since, until, basis.zone)
        roll_waits(session, queues, since, until, basis.zone)


def _roll_loads(session: Session, touched: Touched, zone: ZoneInfo) -> None:
    for queue, quarters in touched.loads.items():
        for since, until in ranges(quarters):
            roll_load_quarters(session, queue, since, until)
    for (since, until), queues in keys_by_day(touched.loads, zone):
        for queue in queues:
            roll_load_days(session, queue, since, until, zone)
    for (since, until), agents in keys_by_day(touched.wrapped, zone):
        roll_wrap_up_days(session, agents, since, until, zone)


def _roll_agents(session: Session, touched: Touched, zone: ZoneInfo) -> None:
    for (since, until), agents in keys_by_day(touched.talkers, zone):
        roll_talks(session, agents, since, until, zone)
        roll_agent_days(session, agents, since, until)
    for (since, until), agents in keys_by_day(touched.givers, zone):
        roll_transfers(session, agents, since, until, zone)
    for (since, until), agents in keys_by_day(touched.offered, zone):
        roll_offers(session, agents, since, until, zone)
    for agent, spans in touched.states.items():
        for since, until in days_between(spans, zone):
            roll_states(session, agent, since, until, zone)


def _roll_trunks(session: Session, touched: Spans) -> None:
    by_range: dict[tuple[float, float], set[str]] = defaultdict(set)
    for trunk, spans in touched.items():
        for stretch in ranges(quarters_between(spans)):
            by_range[stretch].add(trunk)
    for (since, until), trunks in by_range.items():
        roll_trunks(session, trunks, since, until)
