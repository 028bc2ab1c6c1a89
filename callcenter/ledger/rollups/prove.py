"""Reckons sums anew from the raw rows and says which were not as kept. They belong to be none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.loads import AgentWrapUpDay
from callcenter.db.models.rollups import AgentStateDay, AgentTalkDay, QueueDay, QueueQuarter
from callcenter.domain.periods import day_start, local_day
from callcenter.ledger.rollups.agents import agents_known, roll_states, roll_talks, talkers_known
from callcenter.ledger.rollups.basis import Basis, site_basis
from callcenter.ledger.rollups.frozen import first_free_midnight, frozen_before
from callcenter.ledger.rollups.loads import (
    LOAD_TABLES,
    loaded_queues,
    roll_load_days,
    roll_load_quarters,
    roll_wrap_up_days,
)
from callcenter.ledger.rollups.queues import queues_known, roll_days, roll_quarters
from callcenter.ledger.rollups.roll import ensure_rolled, known_bounds

log = logging.getLogger(__name__)

TABLES: tuple[Any, ...] = (QueueQuarter, QueueDay, AgentTalkDay, AgentStateDay, *LOAD_TABLES)
DAYS_A_TRANSACTION = 7  # the ledger waits for no longer than it takes to reckon these


@dataclass(frozen=True)
class Wrong:
    """One row that was not what its raw rows say; it is mended already."""

    table: str
    start_at: float
    of: str  # queue or agent, and what else is in the key
    kept: str
    true: str


def prove(
    sessions: sessionmaker[Session], newest_days: int | None = None
) -> tuple[int, list[Wrong]]:
    """(rows compared, rows mended) over the newest days with books, None: all of them.

    Sums whose raw rows have gone by age cannot be reckoned anew: they are left as they are.
    """
    compared, wrong = 0, []
    for since_day in _slices(sessions, newest_days):
        with sessions.begin() as session:
            rows, found = _prove_slice(session, since_day)
        compared += rows
        wrong += found
    for each in wrong:
        log.error("rollup_mended", extra=vars(each))
    return compared, wrong


def _slices(sessions: sessionmaker[Session], newest_days: int | None) -> Iterator[Any]:
    with sessions.begin() as session:
        ensure_rolled(session)
        bounds, zone = known_bounds(session), site_basis(session).zone
        free = first_free_midnight(frozen_before(session), zone)
    if bounds is None:
        return
    day, last = local_day(max(bounds[0], free), zone), local_day(bounds[1], zone)
    if newest_days is not None:
        day = max(day, last - timedelta(days=newest_days - 1))
    while day <= last:
        yield day
        day += timedelta(days=DAYS_A_TRANSACTION)


def _prove_slice(session: Session, first_day: Any) -> tuple[int, list[Wrong]]:
    ensure_rolled(session)
    basis = site_basis(session)
    since = day_start(first_day, basis.zone)
    until = day_start(first_day + timedelta(days=DAYS_A_TRANSACTION), basis.zone)
    before = _rows(session, since, until)
    _reckon(session, since, until, basis)
    after = _rows(session, since, until)
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return len(after), [
        Wrong(
            key[0], key[1], " ".join(map(str, key[2:])), str(before.get(key)), str(after.get(key))
        )
        for key in sorted(changed, key=str)
    ]


def _reckon(session: Session, since: float, until: float, basis: Basis) -> None:
    zone = basis.zone
    for queue in _and_kept(session, queues_known(session), (QueueQuarter, QueueDay), "queue"):
        roll_quarters(session, queue, since, until, basis.of(queue))
        roll_days(session, queue, since, until, zone)
    for queue in _and_kept(session, loaded_queues(session), LOAD_TABLES[:2], "queue"):
        roll_load_quarters(session, queue, since, until)
        roll_load_days(session, queue, since, until, zone)
    for agent in _and_kept(session, talkers_known(session), (AgentTalkDay,), "agent"):
        roll_talks(session, agent, since, until, zone)
    for agent in _and_kept(
        session, agents_known(session), (AgentStateDay, AgentWrapUpDay), "agent"
    ):
        roll_states(session, agent, since, until, zone)
        roll_wrap_up_days(session, agent, since, until, zone)


def _and_kept(session: Session, known: list[str], tables: tuple[Any, ...], name: str) -> set[str]:
    """Those of the raw rows, and those whose raw rows have all gone but whose sums stayed."""
    kept = (session.scalars(select(getattr(table, name)).distinct()) for table in tables)
    return set(known).union(*kept)


def _rows(session: Session, since: float, until: float) -> dict[tuple[Any, ...], dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for table in TABLES:
        keys = [column.name for column in table.__table__.primary_key]
        query = select(*table.__table__.columns).where(
            table.start_at >= since, table.start_at < until
        )
        for row in session.execute(query).mappings():
            sums = {name: value for name, value in row.items() if name not in keys}
            found[(table.__tablename__, *(row[key] for key in keys))] = sums
    return found
