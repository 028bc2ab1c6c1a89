"""The hours in which a number may ring: inside the rules of the campaign, of the preset and of the
region, at the wall clock of every time zone the number may be in.

Wall clock means, as in `domain.opening_hours`: what is repeated when clocks go back counts twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from callcenter.dialer.compliance.local_days import pieces_of_day
from callcenter.dialer.compliance.places import Place
from callcenter.domain.campaign import Campaign
from callcenter.domain.opening_hours import holiday_on, state_at
from callcenter.domain.rule_presets import PRESETS
from callcenter.domain.site import Hours, OpeningRule

HORIZON_DAYS = 370  # what never opens within a year never does
DAY_SECONDS = 86400


@lru_cache(maxsize=2048)
def hours_of(campaign: Campaign, places: tuple[Place, ...] = ()) -> tuple[Hours, ...]:
    """All that have to be open at once, of every place (`places_of`) somebody may be in. A
    region's hours stand in for the campaign's."""
    preset = Hours("preset", "", "", "", rules=PRESETS[campaign.rules].hours)
    rules = dict.fromkeys(_rules_at(campaign, place) for place in places or (("", ""),))
    own = (Hours("campaign", "", "", "", each, campaign.holidays) for each in rules)
    return (preset, *own)


def _rules_at(campaign: Campaign, place: Place) -> tuple[OpeningRule, ...]:
    """Those of the part of the country, or else of the country, or else the campaign's."""
    country, region = place
    for name in (f"{country}-{region}", country):
        rules = [each for each in campaign.regions if each.region == name]
        if rules and name:
            found = (OpeningRule(r.weekdays, r.opens, r.closes) for r in rules if r.weekdays)
            return tuple(found)
    return campaign.hours


def closed_by(hours: tuple[Hours, ...], zones: tuple[str, ...], at: float) -> str:
    """The zone in which it is too early or too late, or a holiday; empty: may ring."""
    instant = datetime.fromtimestamp(at, UTC)
    for zone in zones:
        if any(state_at(each, instant, ZoneInfo(zone)) != "open" for each in hours):
            return zone
    return ""


def next_open_at(hours: tuple[Hours, ...], zones: tuple[str, ...], at: float) -> float | None:
    """The first moment from `at` on at which all are open everywhere; None: never within a year.

    No moment before the latest of their next openings can do, so it is skipped to, until none is
    closed there.
    """
    horizon = at + HORIZON_DAYS * DAY_SECONDS
    moment: float | None = at
    while moment is not None and moment < horizon:
        later = moment
        for zone in zones:
            for each in hours:
                opens = _opens_at(each, zone, later)
                if opens is None:
                    return None
                later = max(later, opens)
        if later == moment:
            return moment
        moment = later
    return None


def _opens_at(hours: Hours, zone: str, at: float) -> float | None:
    """`at` when it is open then, or the next moment at which it opens."""
    first = datetime.fromtimestamp(at, ZoneInfo(zone)).date()
    for offset in range(HORIZON_DAYS):
        for opens, closes in open_parts(hours, zone, first + timedelta(days=offset)):
            if at < closes:
                return max(at, opens)
    return None


@lru_cache(maxsize=20_000)
def open_parts(hours: Hours, zone: str, day: date) -> tuple[tuple[float, float], ...]:
    """From when to when it is open on a local day, in order."""
    if holiday_on(hours, day) is not None:
        return ()
    found = []
    for rule in hours.rules:
        if day.weekday() not in rule.weekdays:
            continue
        opens = rule.opens.hour * 3600 + rule.opens.minute * 60
        closes = rule.closes.hour * 3600 + rule.closes.minute * 60 or DAY_SECONDS
        for start, end, midnight in pieces_of_day(zone, day):
            part = max(start, midnight + opens), min(end, midnight + closes)
            if part[0] < part[1]:
                found.append(part)
    return tuple(sorted(found))
