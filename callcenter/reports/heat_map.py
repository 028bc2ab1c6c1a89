"""When calls come: hour of the day by day of the week."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked
from callcenter.reports.sums import sums_by_hour_of_week


@dataclass(frozen=True)
class HeatRow:
    weekday: int  # 0 is Monday
    hour: int
    counts: Counts


def run(session: Session, asked: Asked) -> list[HeatRow]:
    found = sums_by_hour_of_week(session, asked)
    return [HeatRow(weekday, hour, counts) for (weekday, hour), counts in sorted(found.items())]
