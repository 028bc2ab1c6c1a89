"""The query string of a report ↔ what it asks. Periods by name move with the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import GROUPINGS, day_start, first_day
from callcenter.domain.sight import Sight
from callcenter.domain.site import Site
from callcenter.reports.asked import Asked
from callcenter.reports.ranking import Ranking, read_ranking

PERIODS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "this-week": "This week",
    "last-week": "Last week",
    "last-7-days": "Last 7 days",
    "last-30-days": "Last 30 days",
    "this-month": "This month",
    "last-month": "Last month",
    "this-year": "This year",
    "last-year": "Last year",
    "days": "From … to",
}
KEPT = ("period", "from", "to", "by", "queue", "agent", "sort", "rows")
LONGEST_TEXT = 80
BY_LENGTH = ((2, "hour"), (92, "day"), (800, "month"))  # days of the period → grouping


@dataclass(frozen=True)
class Question:
    """`kept`: what every link and form of the page carries on."""

    asked: Asked
    first: date
    last: date  # with it
    kept: dict[str, str]
    ranking: Ranking


def read_question(query: Mapping[str, str], site: Site, now: float, sight: Sight) -> Question:
    """`sight`: of the person who reads the answer.

    Raises InvalidInput on a value that no form of ours sends.
    """
    kept = {name: query.get(name, "").strip()[:LONGEST_TEXT] for name in KEPT}
    zone = ZoneInfo(site.timezone)
    today = datetime.fromtimestamp(now, zone).date()
    if kept["from"] and not kept["period"]:
        kept["period"] = "days"
    kept["period"] = kept["period"] or "today"
    first, last = _days(kept, today)
    if kept["period"] != "days":
        kept["from"] = kept["to"] = ""
    if kept["by"] not in ("", *GROUPINGS):
        raise InvalidInput(f"group by one of {', '.join(GROUPINGS)}")
    asked = Asked(
        since=day_start(first, zone),
        until=day_start(last + timedelta(days=1), zone),
        zone=zone,
        now=now,
        by=kept["by"] or _usual_grouping((last - first).days + 1),
        queues=(kept["queue"],) if kept["queue"] else (),
        agents=(kept["agent"],) if kept["agent"] else (),
        thresholds={
            each.name: (each.service_level_seconds, each.short_abandon_seconds)
            for each in site.queues
        },
        sight=sight,
    )
    ranking = read_ranking(kept["sort"], kept["rows"])
    kept = {name: value for name, value in kept.items() if value}
    return Question(asked, first, last, kept, ranking)


def _usual_grouping(days: int) -> str:
    return next((by for most, by in BY_LENGTH if days <= most), "year")


def _days(kept: Mapping[str, str], today: date) -> tuple[date, date]:
    """First and last day of the period."""
    one = timedelta(days=1)
    match kept["period"]:
        case "today":
            return today, today
        case "yesterday":
            return today - one, today - one
        case "last-7-days":
            return today - 6 * one, today
        case "last-30-days":
            return today - 29 * one, today
        case "this-week" | "this-month" | "this-year" as name:
            return first_day(today, name.removeprefix("this-")), today
        case "last-week" | "last-month" | "last-year" as name:
            kind = name.removeprefix("last-")
            end = first_day(today, kind) - one
            return first_day(end, kind), end
        case "days":
            first = _day(kept["from"]) if kept["from"] else today
            last = _day(kept["to"]) if kept["to"] else max(first, today)
            if last < first:
                raise InvalidInput("the last day has to come after the first one")
            return first, last
    raise InvalidInput(f"choose one of these periods: {', '.join(PERIODS)}")


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no day; write 2026-11-23") from None
    if not 1971 <= found.year <= 2200:
        raise InvalidInput(f"{text} is outside the years 1971 to 2200")
    return found
