"""Each queue over the whole period."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked
from callcenter.reports.sums import sums_by


@dataclass(frozen=True)
class QueueRow:
    queue: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[QueueRow]:
    found = sums_by(session, asked, lambda _, queue: queue, by_start=False)
    return [QueueRow(queue, counts) for queue, counts in sorted(found.items())]
