"""Reading the roll-ups as `Counts`. The only place that turns their microseconds into seconds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Integer, cast, func, literal, select
from sqlalchemy.orm import Session

from callcenter.db.models.rollups import HouseQuarter, QueueDay, QueueQuarter
from callcenter.domain.counts import Counts
from callcenter.domain.periods import FINE, QUARTER_SECONDS, offset_stretches
from callcenter.reports.asked import Asked

Key = TypeVar("Key", bound=Hashable)

GREATEST = "longest_wait_us"
_SECONDS = {
    "wait_us": "wait_seconds",
    "abandon_wait_us": "abandon_wait_seconds",
    GREATEST: "longest_wait_seconds",
    "talk_us": "talk_seconds",
    "hold_us": "hold_seconds",
}
# Besides the keys, what only first-call resolution reads.
_KEYS = ("start_at", "queue", "answered_known", "called_again")
_NAMES = tuple(each.name for each in QueueDay.__table__.columns if each.name not in _KEYS)
HOURS_A_WEEK = 168
FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday, Monday is 0


def sums_by(
    session: Session,
    asked: Asked,
    key_of: Callable[[float, str], Key],
    *,
    by_start: bool = True,
    by_queue: bool = True,
) -> dict[Key, Counts]:
    """Sums of the asked queues under `key_of(start of the kept slice, queue)`.

    Without `by_start` the key gets 0.0 for the start, without `by_queue` "" for the queue: the
    database then adds up and has less to hand over.
    """
    fine = asked.by in FINE and by_start
    table: Any = QueueQuarter if fine or not asked.whole_days else QueueDay
    if table is QueueQuarter and not by_queue:
        table = _quarters(asked)
    start: Any = table.start_at if by_start else literal(0.0)
    queue: Any = table.queue if by_queue else literal("")
    groups = [*([start] if by_start else []), *([queue] if by_queue else [])]
    added_up = not by_start or (table is not HouseQuarter and not by_queue)
    query = _within(table, asked, asked.since, asked.until, start, queue, added_up=added_up)
    if added_up:
        query = query.group_by(*groups) if groups else query.having(func.count() > 0)
    rows = session.execute(query)
    return _added((key_of(float(at), name), sums) for at, name, *sums in rows)


def sums_by_hour_of_week(session: Session, asked: Asked) -> dict[tuple[int, int], Counts]:
    """(weekday, hour) in the site's time zone → sums; Monday is 0."""
    found: list[tuple[tuple[int, int], list[Any]]] = []
    for begin, end, offset in offset_stretches(asked.since, asked.until, asked.zone):
        table = _quarters(asked)
        hour = func.floor((table.start_at + offset) / 3600)
        of_week = cast(hour, Integer) % HOURS_A_WEEK
        query = _within(table, asked, begin, end, of_week).group_by(of_week)
        for number, *sums in session.execute(query):
            weekday = (int(number) // 24 + FIRST_WEEKDAY) % 7
            found.append(((weekday, int(number) % 24), sums))
    return _added(found)


def _quarters(asked: Asked) -> Any:
    """Where queues need not be told apart."""
    return QueueQuarter if asked.queues else HouseQuarter


def _within(
    table: Any, asked: Asked, since: float, until: float, *keys: Any, added_up: bool = True
) -> Any:
    """`added_up`: the caller groups; else each kept row is one row of the answer."""
    sums = [getattr(table, name) for name in _NAMES]
    if added_up:
        sums = [
            (func.max if name == GREATEST else func.sum)(each)
            for name, each in zip(_NAMES, sums, strict=True)
        ]
    # A quarter that has begun counts whole: kept sums know nothing finer.
    first = since // QUARTER_SECONDS * QUARTER_SECONDS
    query = select(*keys, *sums).where(table.start_at >= first, table.start_at < until)
    return query.where(table.queue.in_(asked.queues)) if asked.queues else query


def _added(rows: Iterable[tuple[Key, list[Any]]]) -> dict[Key, Counts]:
    found: dict[Key, list[int]] = {}
    greatest = _NAMES.index(GREATEST)
    for key, sums in rows:
        values = [int(value) for value in sums]
        present = found.get(key)
        if present is not None:
            longest = max(present[greatest], values[greatest])
            values = [a + b for a, b in zip(present, values, strict=True)]
            values[greatest] = longest
        found[key] = values
    return {key: _counts(values) for key, values in found.items()}


def _counts(sums: list[int]) -> Counts:
    values: dict[str, Any] = {}
    for name, value in zip(_NAMES, sums, strict=True):
        seconds = _SECONDS.get(name)
        values[seconds or name] = value / 1_000_000 if seconds else value
    return Counts(**values)
