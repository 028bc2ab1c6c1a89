"""When is it open? Pure arithmetic on one `Hours`, by the wall clock of the site's time zone.

A rule covers [opens, closes) of its weekday on the wall clock; closes 00:00 is the end of the day.
Wall clock means: on the day clocks go back, 02:30 happens twice and counts both times; on the day
they go forward it does not happen. Asterisk's GotoIfTime, which the rendered dialplan uses, counts
the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from callcenter.domain.site import Holiday, Hours

OpeningState = Literal["open", "closed", "holiday"]
MIDNIGHT = time(0, 0)
HORIZON_DAYS = 400  # a yearly holiday comes round within it


def state_at(hours: Hours, instant: datetime, zone: ZoneInfo) -> OpeningState:
    """The state at an aware instant."""
    local = instant.astimezone(zone)
    if holiday_on(hours, local.date()) is not None:
        return "holiday"
    wall = local.time()
    opened = any(
        local.weekday() in rule.weekdays
        and rule.opens <= wall
        and (rule.closes == MIDNIGHT or wall < rule.closes)
        for rule in hours.rules
    )
    return "open" if opened else "closed"


def destination_at(hours: Hours, instant: datetime, zone: ZoneInfo) -> str:
    """Where a call that comes at `instant` goes."""
    turns = {
        "open": hours.open,
        "closed": hours.closed,
        "holiday": hours.holiday or hours.closed,
    }
    return turns[state_at(hours, instant, zone)]


def holiday_on(hours: Hours, day: date) -> Holiday | None:
    """A 29 February that comes every year is kept on leap years only."""
    for holiday in hours.holidays:
        same = (holiday.day.month, holiday.day.day) == (day.month, day.day)
        if holiday.day == day or (holiday.every_year and same):
            return holiday
    return None


def next_change(
    hours: Hours, instant: datetime, zone: ZoneInfo
) -> tuple[datetime, OpeningState] | None:
    """The next instant (UTC) at which the state differs, and that state; None: never changes."""
    present = state_at(hours, instant, zone)
    first = instant.astimezone(zone).date()
    for offset in range(HORIZON_DAYS):
        for edge in sorted(set(_edges(hours, first + timedelta(days=offset), zone))):
            if edge > instant and state_at(hours, edge, zone) != present:
                return edge, state_at(hours, edge, zone)
    return None


def _edges(hours: Hours, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Instants of a local day at which the state may change."""
    for wall in {MIDNIGHT, *(t for rule in hours.rules for t in (rule.opens, rule.closes))}:
        for fold in (0, 1):  # the two instants of a wall time that happens twice
            yield datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC)
    jump = _clock_jump(day, zone)
    if jump is not None:
        yield jump


def _clock_jump(day: date, zone: ZoneInfo) -> datetime | None:
    """The instant within the local day at which clocks are put forward or back."""
    low = datetime.combine(day, MIDNIGHT, zone).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), MIDNIGHT, zone).astimezone(UTC)
    if _offset(low, zone) == _offset(high, zone):
        return None
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(middle, zone) == _offset(low, zone):
            low = middle
        else:
            high = middle
    return high


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
