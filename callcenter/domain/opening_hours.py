"""When is it open? Pure arithmetic on one `Hours`, by the wall clock of the site's time zone.

A rule covers [opens, closes) of its weekday on the wall clock; closes 00:00 is the end of the day.
Wall clock means: on the day clocks go back, 02:30 happens twice and counts both times; on the day
they go forward it does not happen. Asterisk's GotoIfTime, which the rendered dialplan uses, counts
the same way.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from callcenter.domain.site import Holiday, Hours

OpeningState = Literal["open", "closed", "holiday"]
MIDNIGHT = time(0, 0)


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


def holiday_on(hours: Hours, day: date) -> Holiday | None:
    """A 29 February that comes every year is kept on leap years only."""
    for holiday in hours.holidays:
        same = (holiday.day.month, holiday.day.day) == (day.month, day.day)
        if holiday.day == day or (holiday.every_year and same):
            return holiday
    return None
