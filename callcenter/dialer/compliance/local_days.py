"""Local days as instants, on days too on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Piece = tuple[float, float, float]  # start, end, and the instant its clock would show midnight


def day_begins(zone: ZoneInfo, at: float) -> float:
    """When the local day of `at` began."""
    return _begins(zone, datetime.fromtimestamp(at, zone).date())


def next_day_begins(zone: ZoneInfo, at: float) -> float:
    return _begins(zone, datetime.fromtimestamp(at, zone).date() + timedelta(days=1))


@lru_cache(maxsize=20_000)
def pieces_of_day(zone_name: str, day: date) -> tuple[Piece, ...]:
    """The stretches of a local day in which the clock runs evenly: one, or two where it jumps."""
    zone = ZoneInfo(zone_name)
    start, end = _begins(zone, day), _begins(zone, day + timedelta(days=1))
    if _offset(zone, start) == _offset(zone, end - 1):
        return (_piece(zone, day, start, end),)
    jump = _jump(zone, start, end)
    return _piece(zone, day, start, jump), _piece(zone, day, jump, end)


def _piece(zone: ZoneInfo, day: date, start: float, end: float) -> Piece:
    midnight = datetime.combine(day, time(0), UTC).timestamp() - _offset(zone, start)
    return start, end, midnight


@lru_cache(maxsize=20_000)
def _begins(zone: ZoneInfo, day: date) -> float:
    """The first instant of a local day; where clocks jump over midnight, the one after the jump."""
    begins = datetime.combine(day, time(0), zone)
    there = begins.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) == begins.replace(tzinfo=None):
        return begins.timestamp()
    noon = int(datetime.combine(day, time(12), zone).timestamp())
    low, high = noon - 86400, noon
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() < day:
            low = middle
        else:
            high = middle
    return float(high)


def _jump(zone: ZoneInfo, start: float, end: float) -> float:
    """The first instant with the offset of the end."""
    low, high = int(start), int(end)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == _offset(zone, start):
            low = middle
        else:
            high = middle
    return float(high)


def _offset(zone: ZoneInfo, at: float) -> float:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0
