"""Every sum anew, in steps: each bounded, committed by itself, and gone on with after a stop.

A step is the callers of some 50,000 calls, or a week of days, the newest first. Until its turn
comes, a day keeps the sums it had.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.calls import (
    ON_A_TRUNK,
    AgentInterval,
    Call,
    CallLeg,
    CallTalk,
    QueueVisit,
)
from callcenter.db.models.rollups import (
    AgentDay,
    AgentStateDay,
    AgentTalkDay,
    DidDay,
    HouseQuarter,
    OfferDay,
    QueueDay,
    QueueQuarter,
    QueueWaitDay,
    RollupBasis,
    TransferDay,
    TrunkQuarter,
)
from callcenter.domain.periods import day_start, local_day
from callcenter.ledger.rollups.agents import agents_known
from callcenter.ledger.rollups.basis import Basis, keep_basis, locked_basis, site_basis
from callcenter.ledger.rollups.callers import callers_of_all_time
from callcenter.ledger.rollups.days_anew import days_anew
from callcenter.ledger.rollups.frozen import first_free_midnight, frozen_before
from callcenter.ledger.rollups.loads import LOAD_TABLES, LONGEST_WAIT_SECONDS
from callcenter.ledger.rollups.returns import kept_anew

log = logging.getLogger(__name__)

CALLS_A_STEP = 50_000
DAYS_A_STEP = 7
SUMS_OF_DAYS: tuple[Any, ...] = (
    QueueQuarter, HouseQuarter, QueueDay, QueueWaitDay, AgentTalkDay, AgentDay, AgentStateDay,
    OfferDay, DidDay, TransferDay, TrunkQuarter, *LOAD_TABLES,
)  # fmt: skip
STEPS_AT_ONCE = 8  # within a transaction of the ledger; a small installation needs no more


@dataclass(frozen=True)
class Progress:
    """What has still to be reckoned anew; both None: nothing."""

    callers_after: str | None
    days_before: float | None

    @property
    def done(self) -> bool:
        return self.callers_after is None and self.days_before is None


def ensure_rolled(session: Session) -> bool:
    """Begins to make every sum anew when there are none yet or the site reckons otherwise now, and
    takes some steps of it. True when that has just ended: every sum is as the raw rows are.
    """
    wanted, kept = site_basis(session), locked_basis(session)
    if kept != wanted:
        begin_rebuild(session, wanted, "none yet" if kept is None else "site changed")
    elif progress(session).done:
        return False
    return any(step(session) for _ in range(STEPS_AT_ONCE))


def finish_rebuild(
    sessions: sessionmaker[Session],
    *,
    anew: bool = False,
    said: Callable[[Progress], None] = lambda _: None,
) -> None:
    """All steps that are left, each in a transaction of its own. `anew`: begin again."""
    with sessions.begin() as session:
        wanted, kept = site_basis(session), locked_basis(session)
        if anew or kept != wanted:
            begin_rebuild(session, wanted, "asked for" if anew else "site changed")
        done = progress(session).done
    while not done:
        with sessions.begin() as session:
            locked_basis(session)
            done = step(session)
            said(progress(session))


def begin_rebuild(session: Session, basis: Basis, why: str) -> None:
    bounds = known_bounds(session)
    until = None
    if bounds is not None:
        until = day_start(local_day(bounds[1], basis.zone) + timedelta(days=1), basis.zone)
    keep_basis(session, basis, callers_after="", days_before=until)
    log.info("rollups_rebuild_began", extra={"why": why})


def progress(session: Session) -> Progress:
    row = session.execute(select(RollupBasis.callers_after, RollupBasis.days_before)).one_or_none()
    return Progress(None, None) if row is None else Progress(*row)


def step(session: Session) -> bool:
    """One more; the basis is locked. True: it was the last one."""
    row = session.scalars(select(RollupBasis).execution_options(populate_existing=True)).one()
    basis = site_basis(session)
    if row.callers_after is not None:
        row.callers_after = _callers(session, row.callers_after, basis)
    elif row.days_before is not None:
        row.days_before = _days(session, row.days_before, basis)
    session.flush()
    done = row.callers_after is None and row.days_before is None
    if done:
        log.info("rollups_rebuilt")
    return done


def _callers(session: Session, after: str, basis: Basis) -> str | None:
    last = last_of_some(session, after)
    callers_anew(session, after, last, basis)
    return last


def last_of_some(session: Session, after: str) -> str | None:
    """The last number of the next calls in the order of numbers; None: no more than these."""
    return session.scalar(
        select(Call.caller_number)
        .where(Call.caller_number > after)
        .order_by(Call.caller_number)
        .offset(CALLS_A_STEP)
        .limit(1)
    )


def callers_anew(
    session: Session, after: str, last: str | None, basis: Basis
) -> list[tuple[str, float]]:
    """Of the numbers in (after, last]. (queue, entered at) of the visits that changed by it."""
    calls = numbers_between(Call.caller_number, after, last)
    changed = kept_anew(session, calls)
    first, newest = (session.scalar(select(end(Call.started_at))) for end in (func.min, func.max))
    bounds = (first, newest) if first is not None and newest is not None else None
    callers_of_all_time(
        session, bounds, basis.zone, lambda column: numbers_between(column, after, last)
    )
    return changed


def numbers_between(column: Any, after: str, last: str | None) -> ColumnElement[bool]:
    return column > after if last is None else and_(column > after, column <= last)


def _days(session: Session, before: float, basis: Basis) -> float | None:
    """The week before `before`; where it began, or None at the beginning of the books."""
    bounds = known_bounds(session)
    if bounds is None:
        return None
    free = first_free_midnight(frozen_before(session), basis.zone)
    first = max(day_start(local_day(bounds[0], basis.zone), basis.zone), free)
    day = local_day(before, basis.zone) - timedelta(days=DAYS_A_STEP)
    since = max(first, day_start(day, basis.zone))
    if since < before:
        days_anew(session, since, before, basis)
    return _before_gap(session, since, basis) if since > first else None


def _before_gap(session: Session, since: float, basis: Basis) -> float:
    """`since`, or earlier where nothing was in the weeks before: then only sums are taken out."""
    newest = [session.scalar(select(func.max(each)).where(each < since)) for each in STARTS]
    last = max((at for at in newest if at is not None), default=since)
    end = day_start(local_day(last, basis.zone) + timedelta(days=2), basis.zone)
    if end >= since - DAYS_A_STEP * 86_400 or _in_a_state(session, end, since):
        return since
    for table in SUMS_OF_DAYS:
        session.execute(delete(table).where(table.start_at >= end, table.start_at < since))
    return end


def _in_a_state(session: Session, since: float, until: float) -> bool:
    reach = select(AgentInterval.started_at).where(
        AgentInterval.ended_at > since, AgentInterval.started_at < until
    )
    return any(
        session.scalar(reach.where(AgentInterval.agent == agent).limit(1)) is not None
        for agent in agents_known(session)
    )


STARTS = (Call.started_at, QueueVisit.entered_at, CallTalk.started_at, AgentInterval.started_at)


def known_bounds(session: Session) -> tuple[float, float] | None:
    """First and last instant of the raw rows; None: there are none.

    One column a statement: each is then the end of an index.
    """
    firsts = [session.scalar(select(func.min(column))) for column in STARTS]
    known = [at for at in firsts if at is not None]
    if not known:
        return None
    queries: list[Any] = [select(func.max(column)) for column in STARTS]
    queries.append(select(func.max(Call.ended_at)))
    queries.append(select(func.max(CallLeg.ended_at)).where(literal_column(ON_A_TRUNK)))
    ended = select(func.max(AgentInterval.ended_at))
    queries += [ended.where(AgentInterval.agent == agent) for agent in agents_known(session)]
    lasts = [session.scalar(query) for query in queries]
    # A caller may still be waiting after the last row began.
    return min(known), max(at for at in lasts if at is not None) + LONGEST_WAIT_SECONDS
