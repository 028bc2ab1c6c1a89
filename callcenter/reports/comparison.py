"""This period beside the one of the same length before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts
from callcenter.domain.metrics import METRICS
from callcenter.domain.periods import day_start, local_day
from callcenter.reports.asked import Asked
from callcenter.reports.sums import sums_by

COMPARED = (
    "offered", "answered", "abandoned", "short_abandoned", "abandonment_rate", "service_level",
    "asa", "longest_wait", "talks", "mean_talk",
)  # fmt: skip


@dataclass(frozen=True)
class ComparisonRow:
    """`change` is a share of the value before; None where there is nothing to compare."""

    metric: str
    value: float | None
    before: float | None
    change: float | None


def run(session: Session, asked: Asked) -> list[ComparisonRow]:
    now, before = _whole(session, asked), _whole(session, period_before(asked))
    rows = []
    for name in COMPARED:
        value, earlier = METRICS[name].of(now), METRICS[name].of(before)
        change = (value - earlier) / earlier if value is not None and earlier else None
        rows.append(ComparisonRow(name, value, earlier, change))
    return rows


def period_before(asked: Asked) -> Asked:
    """As many whole days before, or as many seconds."""
    if not asked.whole_days:
        return replace(asked, since=2 * asked.since - asked.until, until=asked.since)
    first, after = local_day(asked.since, asked.zone), local_day(asked.until, asked.zone)
    earlier = first - timedelta(days=(after - first).days)
    return replace(asked, since=day_start(earlier, asked.zone), until=asked.since)


def _whole(session: Session, asked: Asked) -> Counts:
    return sums_by(session, asked, lambda *_: "", by_start=False, by_queue=False).get("", Counts())
