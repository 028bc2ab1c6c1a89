"""Each queue over the whole period."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts, total
from callcenter.reports.asked import Asked
from callcenter.reports.loads import loads_by, observed_seconds
from callcenter.reports.sums import sums_by


@dataclass(frozen=True)
class QueueRow:
    queue: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[QueueRow]:
    found = sums_by(session, asked, lambda _, queue: queue, by_start=False)
    loads = loads_by(session, asked, lambda _, queue: queue, by_start=False)
    period = Counts(period_seconds=observed_seconds(asked))
    return [
        QueueRow(queue, total((found.get(queue, Counts()), loads.get(queue, Counts()), period)))
        for queue in sorted({*found, *loads})
    ]
