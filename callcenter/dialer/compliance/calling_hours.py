"""The hours in which a number may ring: inside the rules of the campaign, of the preset and of the
region, at the wall clock of every time zone the number may be in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from callcenter.domain.campaign import Campaign
from callcenter.domain.opening_hours import next_change, state_at
from callcenter.domain.rule_presets import PRESETS
from callcenter.domain.site import Hours, OpeningRule

MIDNIGHT = time(0)
STEPS = 2000  # each is a change of some hours; a year of them in many zones


@lru_cache(maxsize=512)
def hours_of(campaign: Campaign, country: str, region: str) -> tuple[Hours, ...]:
    """All that have to be open at once. A region's hours stand in for the campaign's."""
    preset = Hours("preset", "", "", "", rules=PRESETS[campaign.rules].hours)
    rules = _region_rules(campaign, country, region)
    rules = campaign.hours if rules is None else rules
    return preset, Hours("campaign", "", "", "", rules, campaign.holidays)


def _region_rules(campaign: Campaign, country: str, region: str) -> tuple[OpeningRule, ...] | None:
    """Those of the part of the country, or else of the country; None: there are none."""
    for name in (f"{country}-{region}", country):
        rules = [each for each in campaign.regions if each.region == name]
        if rules and name:
            found = (OpeningRule(r.weekdays, r.opens, r.closes) for r in rules if r.weekdays)
            return tuple(found)
    return None


def closed_by(hours: tuple[Hours, ...], zones: tuple[str, ...], at: float) -> str:
    """The zone in which it is too early or too late, or a holiday; empty: may ring."""
    instant = datetime.fromtimestamp(at, UTC)
    for zone in zones:
        if any(state_at(each, instant, ZoneInfo(zone)) != "open" for each in hours):
            return zone
    return ""


def next_open_at(hours: tuple[Hours, ...], zones: tuple[str, ...], at: float) -> float | None:
    """The first moment from `at` on at which all are open everywhere; None: never.

    Every closed one must change first, so the latest of their next changes is skipped to.
    """
    instant = datetime.fromtimestamp(at, UTC)
    for _ in range(STEPS):
        changes = list(_closed_until(hours, zones, instant))
        if not changes:
            return instant.timestamp()
        if None in changes:
            return None
        instant = max(change for change in changes if change is not None)
    return None


def _closed_until(
    hours: tuple[Hours, ...], zones: tuple[str, ...], instant: datetime
) -> Iterator[datetime | None]:
    for name in zones:
        zone = ZoneInfo(name)
        for each in hours:
            if state_at(each, instant, zone) != "open":
                yield _opens(each, instant, zone)


def _opens(hours: Hours, instant: datetime, zone: ZoneInfo) -> datetime | None:
    """A change may be from closed to holiday: go on until it is open."""
    for _ in range(STEPS):
        change = next_change(hours, instant, zone)
        if change is None or change[1] == "open":
            return change[0] if change else None
        instant = change[0]
    return None


def day_begins(zone: ZoneInfo, at: float) -> float:
    """When the local day of `at` began."""
    return _midnight(datetime.fromtimestamp(at, zone).date(), zone)


def next_day_begins(zone: ZoneInfo, at: float) -> float:
    return _midnight(datetime.fromtimestamp(at, zone).date() + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> float:
    """The first instant of a local day; where clocks jump over midnight, the one after the jump."""
    begins = datetime.combine(day, MIDNIGHT, zone)
    there = begins.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) == begins.replace(tzinfo=None):
        return begins.timestamp()
    return _after_the_jump(day, zone)


def _after_the_jump(day: date, zone: ZoneInfo) -> float:
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    low, high = int(noon.timestamp()) - 86400, int(noon.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() < day:
            low = middle
        else:
            high = middle
    return float(high)
