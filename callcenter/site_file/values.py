"""One YAML scalar → one value of a field's type, and back. Raises ValueError for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


def whole_number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(f"must be a whole number, is {text!r}")
    return int(text)


def true_or_false(text: str) -> bool:
    if text.lower() not in (*_TRUE, *_FALSE):
        raise ValueError(f"must be true or false, is {text!r}")
    return text.lower() in _TRUE


def clock_time(text: str) -> time:
    """`08:30`; `24:00` is midnight at the end of the day, the same as `00:00`."""
    if text == "24:00":
        return time(0, 0)
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError(f"must be a time such as 08:30, is {text!r}")
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def calendar_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a day such as 2026-12-25, is {text!r}") from None


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `sat`, `mon-wed, fri`."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().lower().partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise ValueError(f"{part.strip()!r} is not a weekday; write mon-fri or sat, sun")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < start:
            raise ValueError(f"{part.strip()!r} goes backwards; write sat, sun, mon instead")
        found += range(start, end + 1)
    return tuple(found)


def weekdays_text(days: tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run_text(run) for run in runs)


def _run_text(run: list[int]) -> str:
    if len(run) < 3:
        return ", ".join(WEEKDAYS[day] for day in run)
    return f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"


READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: whole_number,
    bool: true_or_false,
    time: clock_time,
    date: calendar_day,
}
