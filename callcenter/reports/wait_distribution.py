"""How long people waited: calls by seconds waited, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import QueueVisit
from callcenter.domain.counts import EXITS, Counts
from callcenter.reports.asked import Asked

EDGES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)


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
    visit = QueueVisit
    bucket = case(
        *((visit.wait_seconds <= edge, number) for number, edge in enumerate(EDGES)),
        else_=len(EDGES),
    )
    query = (
        select(bucket, visit.outcome, func.count())
        .where(visit.entered_at >= asked.since, visit.entered_at < asked.until)
        .group_by(bucket, visit.outcome)
    )
    if asked.queues:
        query = query.where(visit.queue.in_(asked.queues))
    found: list[dict[str, int]] = [{} for _ in range(len(EDGES) + 1)]
    for number, outcome, calls in session.execute(query.where(visit.outcome != "waiting")):
        name = outcome if outcome in EXITS else "left"
        found[number][name] = found[number].get(name, 0) + calls
    return _rows([Counts(**each) for each in found])


def _rows(buckets: list[Counts]) -> list[WaitRow]:
    whole, so_far, rows = sum(each.offered for each in buckets), 0, []
    for number, counts in enumerate(buckets):
        so_far += counts.offered
        edge = EDGES[number] if number < len(EDGES) else None
        share = so_far / whole if whole else 0.0
        rows.append(WaitRow(EDGES[number - 1] if number else 0, edge, share, counts))
    return rows if whole else []
