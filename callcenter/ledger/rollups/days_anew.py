"""All sums of some days anew, of everything there is: steps of a rebuild, and of the proof."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.loads import QueueLoadDay, QueueLoadQuarter
from callcenter.db.models.rollups import QueueDay, QueueQuarter
from callcenter.ledger.rollups.agents import roll_agent_days, roll_talks
from callcenter.ledger.rollups.basis import Basis
from callcenter.ledger.rollups.dids import roll_dids
from callcenter.ledger.rollups.loads import (
    loaded_queues,
    roll_load_days,
    roll_load_quarters,
    roll_wrap_up_days,
)
from callcenter.ledger.rollups.offers import roll_offers
from callcenter.ledger.rollups.queues import queues_known, roll_days, roll_house, roll_quarters
from callcenter.ledger.rollups.states import roll_all_states
from callcenter.ledger.rollups.transfers import roll_transfers
from callcenter.ledger.rollups.trunks import roll_trunks
from callcenter.ledger.rollups.waits import roll_waits


def days_anew(session: Session, since: float, until: float, basis: Basis) -> None:
    """[since, until) are midnights."""
    zone = basis.zone
    stretch = (since, until)
    for queue in _known(session, queues_known(session, *stretch), (QueueQuarter, QueueDay),
                        "queue", *stretch):  # fmt: skip
        roll_quarters(session, queue, since, until, basis.of(queue))
        roll_days(session, queue, since, until, zone)
    roll_house(session, since, until)
    roll_waits(session, None, since, until, zone)
    for queue in _known(session, loaded_queues(session, *stretch),
                        (QueueLoadQuarter, QueueLoadDay), "queue", *stretch):  # fmt: skip
        roll_load_quarters(session, queue, since, until)
        roll_load_days(session, queue, since, until, zone)
    roll_talks(session, None, since, until, zone)
    roll_agent_days(session, None, since, until)
    roll_wrap_up_days(session, None, since, until, zone)
    roll_all_states(session, since, until, zone)
    roll_transfers(session, None, since, until, zone)
    roll_offers(session, None, since, until, zone)
    roll_dids(session, None, since, until, zone)
    roll_trunks(session, None, since, until)


def _known(
    session: Session, raw: set[str], tables: tuple[Any, ...], name: str, since: float, until: float
) -> list[str]:
    """Those of the raw rows, and those whose raw rows have all gone but whose sums stayed."""
    kept = (
        session.scalars(
            select(getattr(table, name)).distinct().where(
                table.start_at >= since, table.start_at < until
            )
        )
        for table in tables
    )  # fmt: skip
    return sorted(raw.union(*kept))
