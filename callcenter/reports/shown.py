"""How a report's values look on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.domain.display import duration
from callcenter.domain.metrics import COUNT, MEAN, METRICS, SECONDS, SHARE, Metric
from callcenter.reports.outcomes import OUTCOMES
from callcenter.reports.places import place_words
from callcenter.reports.table import (
    HOUR,
    INSTANT,
    METRIC,
    MONEY,
    OF_METRIC,
    OUTCOME,
    PERIOD,
    PLACE,
    STATE,
    WEEKDAY,
    Label,
    value_of,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AGENT_STATES = {"ready": "Ready", "ringing": "Ringing", "talking": "On a call",
                "wrap_up": "Wrap-up", "paused": "Paused"}  # fmt: skip
PERIOD_FORMS = {
    "15min": "%a %d %b %H:%M", "hour": "%a %d %b %H:%M", "day": "%a %d %b %Y",
    "week": "Week %V · %d %b %Y", "month": "%B %Y", "year": "%Y",
}  # fmt: skip
NUMBERS = (COUNT, SECONDS, SHARE, MEAN, OF_METRIC, MONEY)


@dataclass(frozen=True)
class Shown:
    """`names`: unit → key → name."""

    zone: ZoneInfo
    by: str
    names: Mapping[str, Mapping[str, str]]

    def cell(self, column: Label | Metric, row: Any) -> str:
        unit = METRICS[row.metric].unit if column.unit == OF_METRIC else column.unit
        return self.text(unit, value_of(column, row), signed=column.name == "change")

    def text(self, unit: str, value: Any, *, signed: bool = False) -> str:
        if value is None or value == "":
            return "–"
        if unit == COUNT:
            return f"{value:,.0f}"
        if unit == MEAN:
            return f"{value:.2f}"
        if unit == SECONDS:
            return f"{value:.1f} s" if 0 < value < 60 else duration(round(value))
        if unit == SHARE:
            return f"{value * 100:{'+' if signed else ''}.1f} %"
        if unit == MONEY:
            return f"{value:,.2f}"
        if unit == PERIOD:
            return f"{datetime.fromtimestamp(value, self.zone):{PERIOD_FORMS[self.by]}}"
        if unit == INSTANT:
            return f"{datetime.fromtimestamp(value, self.zone):%Y-%m-%d %H:%M:%S}"
        return self._word(unit, value)

    def _word(self, unit: str, value: Any) -> str:
        if unit == WEEKDAY:
            return WEEKDAYS[value]
        if unit == HOUR:
            return f"{value:02}:00"
        if unit == PLACE:
            return place_words(value, self.names.get(PLACE, {}))
        if unit == METRIC:
            return METRICS[value].title
        if unit == STATE:
            return AGENT_STATES.get(value, str(value))
        if unit == OUTCOME:
            return str(OUTCOMES.get(value, (value, ""))[0])
        return str(self.names.get(unit, {}).get(value, value))

    def name_of(self, row: Any) -> str:
        """What a row is called beside its bar; a place of a caller's way by its words."""
        if isinstance(row, str):
            return place_words(row, self.names.get(PLACE, {}))
        if hasattr(row, "counts") and hasattr(row, "start_at"):
            forms = {"15min": "%H:%M", "hour": "%H:%M", "day": "%d %b", "week": "%V", "month": "%b",
                     "year": "%Y"}  # fmt: skip
            return f"{datetime.fromtimestamp(row.start_at, self.zone):{forms[self.by]}}"
        if hasattr(row, "disposition"):
            return str(row.disposition)
        for unit, key in (("agent", "agent"), ("queue", "queue")):
            if hasattr(row, key):
                return str(self.names[unit].get(getattr(row, key), getattr(row, key)))
        return str(getattr(row, "waited", getattr(row, "dialed", getattr(row, "title", ""))))
