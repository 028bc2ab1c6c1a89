"""What the sums are reckoned with: the site's time zone and each queue's thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.rollups import RollupBasis
from callcenter.db.models.site import SiteRow
from callcenter.db.models.site_queues import SiteQueueRow

# Of a queue the site no longer has, or never had (history of another system).
DEFAULT_THRESHOLDS = (20, 5)


@dataclass(frozen=True)
class Basis:
    """`thresholds`: queue → (answered in time, short abandon) in seconds."""

    timezone: str
    thresholds: Mapping[str, tuple[int, int]]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def of(self, queue: str) -> tuple[int, int]:
        return self.thresholds.get(queue, DEFAULT_THRESHOLDS)


def site_basis(session: Session) -> Basis:
    """As the site says now."""
    timezone = session.scalar(select(SiteRow.timezone)) or "UTC"
    rows = session.execute(
        select(
            SiteQueueRow.name,
            SiteQueueRow.service_level_seconds,
            SiteQueueRow.short_abandon_seconds,
        )
    )
    return Basis(timezone, {name: (within, short) for name, within, short in rows})


def locked_basis(session: Session) -> Basis | None:
    """What the sums in the database were made with; None: there are none.

    Holds the row to the end of the transaction: two nodes' ledgers then roll up one after the
    other, and neither misses rows of the other (SQLite has one writer anyway).
    """
    row = session.scalar(select(RollupBasis).with_for_update())
    if row is None:
        return None
    thresholds = {name: (int(pair[0]), int(pair[1])) for name, pair in row.thresholds.items()}
    return Basis(row.timezone, thresholds)


def keep_basis(session: Session, basis: Basis) -> None:
    thresholds = {name: list(pair) for name, pair in basis.thresholds.items()}
    session.merge(RollupBasis(id=1, timezone=basis.timezone, thresholds=thresholds))
    session.flush()
