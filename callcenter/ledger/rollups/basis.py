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
# Of the way of reckoning: with a greater one all sums are made anew when the ledger starts.
VERSION = 4


@dataclass(frozen=True)
class Basis:
    """`thresholds`: queue → (answered in time, short abandon) in seconds."""

    timezone: str
    thresholds: Mapping[str, tuple[int, int]]
    version: int = VERSION

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
    return Basis(row.timezone, thresholds, row.version)


def keep_basis(
    session: Session, basis: Basis, *, callers_after: str | None, days_before: float | None
) -> None:
    """With where a rebuild stands (see RollupBasis)."""
    thresholds = {name: list(pair) for name, pair in basis.thresholds.items()}
    session.merge(
        RollupBasis(
            id=1,
            timezone=basis.timezone,
            thresholds=thresholds,
            version=basis.version,
            callers_after=callers_after,
            days_before=days_before,
        )
    )
    session.flush()
