"""How long people waited: calls by seconds waited, and how each ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import QueueVisit
from callcenter.db.models.rollups import QueueWaitDay
from callcenter.domain.counts import EXITS, WAIT_EDGES, Counts
from callcenter.reports.asked import Asked

EDGES = WAIT_EDGES


@dataclass(frozen=True)
class WaitRow:
    """Waits over `over_seconds` up to `up_to_seconds` (None: no upper edge).

    `within_share`: offered calls that waited no longer than the upper edge ÷ all offered.
    """

    over_seconds: int
    up_to_seconds: int | None
    within_share: float
    counts: Counts

    @property
    def waited(self) -> str:
        if self.up_to_seconds is None:
            return f"over {self.over_seconds} s"
        return f"{self.over_seconds}–{self.up_to_seconds} s"


def run(session: Session, asked: Asked) -> list[WaitRow]:
    found: list[dict[str, int]] = [{} for _ in range(len(EDGES) + 1)]
    kept = _of_days if asked.whole_days else _of_visits
    for number, outcome, calls in kept(session, asked):
        name = outcome if outcome in EXITS else "left"
        found[number][name] = found[number].get(name, 0) + calls
    return _rows([Counts(**each) for each in found])


def _of_days(session: Session, asked: Asked) -> Iterable[tuple[int, str, int]]:
    row = QueueWaitDay
    sums = [func.sum(getattr(row, f"waits_{number}")) for number in range(len(EDGES) + 1)]
    query = select(row.outcome, *sums).where(
        row.start_at >= asked.since, row.start_at < asked.until
    )
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    for outcome, *waits in session.execute(query.group_by(row.outcome)):
        yield from ((number, outcome, int(calls)) for number, calls in enumerate(waits) if calls)


def _of_visits(session: Session, asked: Asked) -> Any:
    visit = QueueVisit
    bucket = case(
        *((visit.wait_seconds <= edge, number) for number, edge in enumerate(EDGES)),
        else_=len(EDGES),
    )
    query = select(bucket, visit.outcome, func.count()).where(
        visit.entered_at >= asked.since,
        visit.entered_at < asked.until,
        visit.outcome != "waiting",
    )
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    return session.execute(query.group_by(bucket, visit.outcome))


def _rows(buckets: list[Counts]) -> list[WaitRow]:
    whole, so_far, rows = sum(each.offered for each in buckets), 0, []
    for number, counts in enumerate(buckets):
        so_far += counts.offered
        edge = EDGES[number] if number < len(EDGES) else None
        share = so_far / whole if whole else 0.0
        rows.append(WaitRow(EDGES[number - 1] if number else 0, edge, share, counts))
    return rows if whole else []
