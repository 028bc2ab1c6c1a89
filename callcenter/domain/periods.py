"""Calendar periods in the site's time zone, as epoch seconds. Right on days of 23 and 25 hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcenter.domain.errors import InvalidInput

QUARTER_SECONDS = 900
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9000, 1, 1)
GROUPINGS = ("15min", "hour", "day", "week", "month", "year")
FINE = ("15min", "hour")  # finer than a day


def zone_of(name: str) -> ZoneInfo:
    """Raises InvalidInput for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidInput(f"{name!r} is no time zone; write Europe/Berlin") from None


def day_from(text: str) -> date:
    """Raises InvalidInput for what is none, or is beyond what clocks count."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.max
    if not FIRST_DAY <= found <= LAST_DAY:
        raise InvalidInput(f"{text!r} is no day; write 2026-11-23")
    return found


def period_start(at: float, by: str, zone: ZoneInfo) -> float:
    """Start of the period of kind `by` (one of GROUPINGS) that `at` falls in."""
    if by == "15min":
        # Every offset from UTC in use is a multiple of 15 minutes.
        return float(at // QUARTER_SECONDS * QUARTER_SECONDS)
    local = datetime.fromtimestamp(at, zone)
    if by == "hour":
        # Counted back, so that the hour that comes twice in autumn stays two hours.
        return float(at // 1 - local.minute * 60 - local.second)
    return day_start(first_day(local.date(), by), zone)


def first_day(day: date, by: str) -> date:
    """Weeks begin on Monday."""
    match by:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    raise ValueError(f"{by!r} is not one of {GROUPINGS}")


def day_start(day: date, zone: ZoneInfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def local_day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def last_days_start(at: float, days: int, zone: ZoneInfo) -> float:
    """Where the last `days` days begin, the one of `at` included."""
    return day_start(local_day(at, zone) - timedelta(days=days - 1), zone)


def numbered_day(number: int) -> date:
    """Whole days since 1970-01-01 on the wall's calendar → that day."""
    return date(1970, 1, 1) + timedelta(days=number)


def next_start(start: float, by: str, zone: ZoneInfo) -> float:
    """Where the period that begins at `start` ends."""
    if by == "15min":
        return start + QUARTER_SECONDS
    if by == "hour":
        return start + 3600
    day = local_day(start, zone)
    later = {"day": 1, "week": 7, "month": 32, "year": 367}[by]
    return day_start(first_day(day + timedelta(days=later), by), zone)


def period_starts(since: float, until: float, by: str, zone: ZoneInfo) -> Iterator[float]:
    """Starts of every period that overlaps [since, until)."""
    start = period_start(since, by, zone)
    while start < until:
        yield start
        start = next_start(start, by, zone)


def offset_stretches(
    since: float, until: float, zone: ZoneInfo
) -> Iterator[tuple[float, float, int]]:
    """(from, until, offset from UTC in seconds): [since, until) cut where the clocks change."""
    start, offset = since, _offset(since, zone)
    at = since
    while at < until:
        after = min(at + 3600 * 24, until)
        if _offset(after, zone) != offset:
            after = _change(at, after, zone)
            yield start, after, offset
            start, offset = after, _offset(after, zone)
        at = after
    if start < until:
        yield start, until, offset


def most_at_once(spans: Iterable[tuple[float, float]]) -> int:
    """Spans are half-open: one that ends as another begins is not beside it."""
    edges = sorted(edge for start, end in spans for edge in ((start, 1), (end, -1)))
    most = present = 0
    for _, step in edges:
        present += step
        most = max(most, present)
    return most


def _change(low: float, high: float, zone: ZoneInfo) -> float:
    """The quarter of an hour in (low, high] at which the offset changes."""
    before = _offset(low, zone)
    first, last = low // QUARTER_SECONDS, high // QUARTER_SECONDS + 1
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(middle * QUARTER_SECONDS, zone) == before:
            first = middle
        else:
            last = middle
    return float(last * QUARTER_SECONDS)


def _offset(at: float, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
