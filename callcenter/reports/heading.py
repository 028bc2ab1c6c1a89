"""What stands over a report that leaves the page: whose, about what, when and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.domain.periods import day_start, local_day
from callcenter.reports.asked import Asked
from callcenter.reports.table import AGENT, QUEUE, Report

GROUPING_WORDS = {"15min": "15 minutes"}


@dataclass(frozen=True)
class Heading:
    """`filters`: what narrows the rows, in words; empty: nothing does."""

    site: str
    title: str
    period: str
    filters: str
    made: str
    zone: str

    @property
    def line(self) -> str:
        return " · ".join(part for part in (self.period, self.filters, self.zone) if part)


def heading_of(
    report: Report, asked: Asked, site: str, names: Mapping[str, Mapping[str, str]]
) -> Heading:
    made = datetime.fromtimestamp(asked.now, asked.zone).strftime("%Y-%m-%d %H:%M")
    filters = _filters(report, asked, names)
    return Heading(site, report.title, period_words(asked), filters, made, asked.zone.key)


def period_words(asked: Asked) -> str:
    """`2026-11-23`, `2026-11-01 to 2026-11-30`, or with times when these are no whole days."""
    if not asked.whole_days:
        return f"{_minute(asked.since, asked.zone)} to {_minute(asked.until, asked.zone)}"
    first = local_day(asked.since, asked.zone)
    last = local_day(asked.until - 1, asked.zone)
    if day_start(last, asked.zone) < asked.since:
        last = first
    return f"{first}" if first == last else f"{first} to {last}"


def _minute(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")


def _filters(report: Report, asked: Asked, names: Mapping[str, Mapping[str, str]]) -> str:
    said = []
    if "by" in report.asks:
        said.append(f"by {GROUPING_WORDS.get(asked.by, asked.by)}")
    for unit, values in ((QUEUE, asked.queues), (AGENT, asked.agents)):
        if values and unit in report.asks:
            known = names.get(unit, {})
            said.append(f"{unit} {', '.join(known.get(each, each) for each in values)}")
    return ", ".join(said)
