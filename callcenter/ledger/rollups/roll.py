"""Brings the sums up to the raw rows, in the transaction that changed the raw rows."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk, QueueVisit
from callcenter.db.models.loads import QueueLoadQuarter
from callcenter.db.models.rollups import AgentStateDay, AgentTalkDay, QueueDay, QueueQuarter
from callcenter.domain.periods import QUARTER_SECONDS, next_start, period_start
from callcenter.ledger.rollups.agents import agents_known, roll_states, roll_talks, talkers_known
from callcenter.ledger.rollups.basis import Basis, keep_basis, locked_basis, site_basis
from callcenter.ledger.rollups.frozen import first_free_midnight, frozen_before
from callcenter.ledger.rollups.loads import (
    LOAD_TABLES,
    loaded_queues,
    roll_load_days,
    roll_load_quarters,
    roll_wrap_up_days,
)
from callcenter.ledger.rollups.queues import queues_known, roll_days, roll_quarters
from callcenter.ledger.rollups.touched import Touched, days_between, days_of, ranges

log = logging.getLogger(__name__)

TABLES: tuple[Any, ...] = (QueueQuarter, QueueDay, AgentTalkDay, AgentStateDay)
QUARTERS: tuple[Any, ...] = (QueueQuarter, QueueLoadQuarter)


def roll_up(session: Session, touched: Touched) -> None:
    """After the books have changed; the caller commits both together."""
    if ensure_rolled(session):
        return  # all of it has just been made from the rows as they are now
    basis = site_basis(session)
    touched = touched.after(frozen_before(session))
    for queue, quarters in touched.queues.items():
        for since, until in ranges(quarters):
            roll_quarters(session, queue, since, until, basis.of(queue))
        for since, until in days_of(quarters, basis.zone):
            roll_days(session, queue, since, until, basis.zone)
    for agent, quarters in touched.talkers.items():
        for since, until in days_of(quarters, basis.zone):
            roll_talks(session, agent, since, until, basis.zone)
    for queue, quarters in touched.loads.items():
        for since, until in ranges(quarters):
            roll_load_quarters(session, queue, since, until)
        for since, until in days_of(quarters, basis.zone):
            roll_load_days(session, queue, since, until, basis.zone)
    for agent, quarters in touched.wrapped.items():
        for since, until in days_of(quarters, basis.zone):
            roll_wrap_up_days(session, agent, since, until, basis.zone)
    for agent, spans in touched.states.items():
        for since, until in days_between(spans, basis.zone):
            roll_states(session, agent, since, until, basis.zone)


def ensure_rolled(session: Session) -> bool:
    """Makes every sum anew when there are none yet, or the site reckons otherwise now."""
    wanted, kept = site_basis(session), locked_basis(session)
    if kept == wanted:
        return False
    log.info("rollups_rebuilt", extra={"why": "none yet" if kept is None else "site changed"})
    rebuild(session, wanted)
    return True


def rebuild(session: Session, basis: Basis) -> None:
    """Every sum from the raw rows; but those whose raw rows have gone by age stay."""
    keep_basis(session, basis)
    zone, frozen = basis.zone, frozen_before(session)
    free = first_free_midnight(frozen, zone)
    for table in (*TABLES, *LOAD_TABLES):
        since = frozen if table in QUARTERS else free
        session.execute(delete(table).where(table.start_at >= since))
    bounds = known_bounds(session)
    if bounds is None:
        return
    since = max(free, period_start(bounds[0], "day", zone))
    until = next_start(period_start(bounds[1], "day", zone), "day", zone)
    for queue in queues_known(session):
        first = max(frozen, since // QUARTER_SECONDS * QUARTER_SECONDS)
        roll_quarters(session, queue, first, until, basis.of(queue))
        roll_days(session, queue, since, until, zone)
    waited_until = next_start(next_start(until, "day", zone), "day", zone)
    for queue in loaded_queues(session):
        first = max(frozen, since // QUARTER_SECONDS * QUARTER_SECONDS)
        roll_load_quarters(session, queue, first, waited_until)
        roll_load_days(session, queue, since, waited_until, zone)
    for agent in talkers_known(session):
        roll_talks(session, agent, since, until, zone)
    for agent in agents_known(session):
        roll_states(session, agent, since, until, zone)
        roll_wrap_up_days(session, agent, since, until, zone)


def known_bounds(session: Session) -> tuple[float, float] | None:
    """First and last instant of the raw rows; None: there are none."""
    found = [
        at
        for column in (
            QueueVisit.entered_at, CallTalk.started_at, AgentInterval.started_at,
            AgentInterval.ended_at,
        )
        for at in session.execute(select(func.min(column), func.max(column))).one()
        if at is not None
    ]  # fmt: skip
    return (min(found), max(found)) if found else None
