"""Where the counts of today come from when the controller starts in the middle of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.queue import DayCounts
from callcenter.reports.queue_today import answered_by_agent, local_midnight, queue_today

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Today:
    """Counts of the present local day; a queue or agent the books cannot speak for is missing."""

    queues: Mapping[str, DayCounts] = field(default_factory=dict)
    answered_by_agent: Mapping[str, int] = field(default_factory=dict)


TodayCounts = Callable[[FloorPlan], Awaitable[Today]]

# The floor must not wait for a database that is away: better counts from now on than no floor.
PATIENCE_SECONDS = 2.0


async def no_counts(plan: FloorPlan) -> Today:
    return Today()


def counts_of_ledger(sessions: sessionmaker[Session]) -> TodayCounts:
    async def counts(plan: FloorPlan) -> Today:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.to_thread(_read, sessions, plan, time.time())
        except Exception as error:  # whatever the driver raises, or no answer in time
            log.warning("today_unknown", extra={"error": repr(error)})
            return Today()

    return counts


def _read(sessions: sessionmaker[Session], plan: FloorPlan, now: float) -> Today:
    since = local_midnight(now, plan.timezone)
    with sessions() as session:
        queues = {
            name: DayCounts(
                offered=found.offered,
                answered=found.answered,
                abandoned=found.abandoned,
                short_abandoned=found.short_abandoned,
                answered_within=found.answered_within,
                wait_seconds=found.wait_seconds,
            )
            for name, queue in plan.queues.items()
            for found in (
                queue_today(
                    session,
                    name,
                    since=since,
                    service_level_seconds=queue.service_level_seconds,
                    short_abandon_seconds=queue.short_abandon_seconds,
                ),
            )
        }
        return Today(queues, answered_by_agent(session, since))
