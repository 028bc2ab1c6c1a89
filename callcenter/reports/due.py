"""When a report goes out next: pure arithmetic on the site's calendar.

A local time that the spring change skips counts as the instant the clocks would have shown it; one
that comes twice in autumn counts once, the first time.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import local_day

RHYTHMS = {
    "daily": "Every day",
    "weekdays": "Monday to Friday",
    "weekly": "Every week on",
    "monthly": "Every month on day",
}
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Rhythm:
    """`weekday` (Monday is 0) is of weekly, `month_day` of monthly: 31 is each month's last day."""

    kind: str
    minute: int  # of the local day
    weekday: int = 0
    month_day: int = 1

    def __post_init__(self) -> None:
        if self.kind not in RHYTHMS:
            raise InvalidInput(f"choose one of {', '.join(RHYTHMS)}")
        sound = 0 <= self.minute < DAY_MINUTES and 0 <= self.weekday <= 6
        if not sound or not 1 <= self.month_day <= 31:
            raise InvalidInput("choose a time of day, a weekday, and a day of the month to 31")

    def falls_on(self, day: date) -> bool:
        match self.kind:
            case "daily":
                return True
            case "weekdays":
                return day.weekday() < 5
            case "weekly":
                return day.weekday() == self.weekday
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == min(self.month_day, last)


def next_due(rhythm: Rhythm, after: float, zone: ZoneInfo) -> float:
    """The first due time later than `after`."""
    return next(at for at in _times(rhythm, after, zone) if at > after)


def newest_due(rhythm: Rhythm, first: float, now: float, zone: ZoneInfo) -> float:
    """The last due time not later than `now`; `first` is one. What was missed is not made up for
    one by one: a machine that was off for a week sends one report and not seven."""
    found = first
    for at in _times(rhythm, first, zone):
        if at > now:
            return found
        found = max(found, at)
    raise AssertionError("a calendar has no end")


def _times(rhythm: Rhythm, since: float, zone: ZoneInfo) -> Iterator[float]:
    day = local_day(since, zone)
    while True:
        if rhythm.falls_on(day):
            hour, minute = divmod(rhythm.minute, 60)
            yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()
        day += timedelta(days=1)
