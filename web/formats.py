"""How numbers and times look in templates."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from callcenter.domain.display import display_lines
from callcenter.domain.display import duration as duration


def local_time(at: float | None, zone: str = "UTC") -> str:
    """Seconds since the epoch → `2026-11-23 14:05:09` in the site's time zone."""
    if at is None:
        return "–"
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def utc_day(at: float | None) -> str:
    """2026-11-24: the day that a file says it is of, which is kept as a midnight in UTC."""
    return local_time(at)[:10]


def percent(share: float | None) -> str:
    """0.934 → `93 %`."""
    return "–" if share is None else f"{share * 100:.0f} %"


def first_upper(text: str) -> str:
    """`waits in queue VIP` → `Waits in queue VIP`; Jinja's `capitalize` writes `vip`."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """`no such lead` → `No such lead.`: errors are written to stand within a line."""
    ended = text[-1:] in ("", ".", "!", "?")
    return first_upper(text) if ended else f"{first_upper(text)}."


def shown(value: object) -> object:
    """Every value that a template shows passes here first, before it is escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return display_lines(value)
    return value


def install(app: Flask) -> None:
    app.jinja_env.finalize = shown
    app.jinja_env.filters["duration"] = duration
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.filters["local_time"] = local_time
    app.jinja_env.filters["utc_day"] = utc_day
    app.jinja_env.filters["first_upper"] = first_upper
    app.jinja_env.filters["sentence"] = sentence
