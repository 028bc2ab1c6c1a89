"""What calls over trunks cost, by the table of rates. Each currency is a row of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallLeg
from callcenter.db.rate_store import load_rates
from callcenter.domain.periods import QUARTER_SECONDS, local_day, next_start, period_start
from callcenter.domain.rates import DIRECTIONS, MICRO, RateBook, billed_seconds, cost_micro
from callcenter.reports.asked import Asked

CHUNK = 5000


@dataclass(frozen=True)
class CostRow:
    """`calls` with a channel that somebody answered, of them `unrated` that no rate covers; `cost`
    in units of `currency`. `whole`: the only row of its place; two currencies there are two."""

    start_at: float
    until_at: float
    trunk: str
    direction: str
    queue: str
    calls: int
    unrated: int
    billed_seconds: int
    cost: float
    currency: str
    whole: bool


@dataclass
class _Sum:
    calls: set[tuple[str, str]] = field(default_factory=set)
    seconds: int = 0
    micro: int = 0


Place = tuple[float, str, str, str]  # start, trunk, direction, queue


def run(session: Session, asked: Asked) -> list[CostRow]:
    book = RateBook(load_rates(session))
    places: dict[Place, dict[str, _Sum]] = {}
    when = _calendar(asked)
    for leg in _legs(session, asked):
        start, day = when(leg.started_at // QUARTER_SECONDS)
        place = (start, leg.party, leg.direction, leg.queue)
        is_call = leg.direction == "outbound" or leg.role == "customer"
        rate = book.rate_for(leg.party, leg.direction, leg.dialed, day) if is_call else None
        sums = places.setdefault(place, {})
        found = sums.setdefault(rate.currency if rate else "", _Sum())
        found.calls.add((leg.node, leg.id))
        seconds = (leg.ended_at or asked.now) - leg.answered_at
        if rate is not None:
            found.seconds += billed_seconds(rate, seconds)
            found.micro += cost_micro(rate, seconds)
    return [row for place, sums in sorted(places.items()) for row in _rows(place, sums, asked)]


def _calendar(asked: Asked) -> Callable[[float], tuple[float, date]]:
    """Number of a quarter of an hour → the row's period and the local day. Once for each quarter:
    days and offsets from UTC begin with one."""

    @cache
    def when(quarter: float) -> tuple[float, date]:
        at = quarter * QUARTER_SECONDS
        start = max(period_start(at, asked.by, asked.zone), asked.since)
        return start, local_day(at, asked.zone)

    return when


def _rows(place: Place, sums: dict[str, _Sum], asked: Asked) -> Iterator[CostRow]:
    """What no rate covers stands beside the only currency, or in a row of its own."""
    without = sums.pop("", _Sum())
    whole = len(sums) < 2
    if without.calls and (not sums or not whole):
        yield _row(place, asked, without.calls, without.calls, _Sum(), "", whole)
        without = _Sum()
    for currency, found in sorted(sums.items()):
        calls = found.calls | without.calls
        yield _row(place, asked, calls, without.calls - found.calls, found, currency, whole)


def _row(
    place: Place,
    asked: Asked,
    calls: set[tuple[str, str]],
    unrated: set[tuple[str, str]],
    found: _Sum,
    currency: str,
    whole: bool,
) -> CostRow:
    start, trunk, direction, queue = place
    first = period_start(start, asked.by, asked.zone)
    until = min(next_start(first, asked.by, asked.zone), asked.until)
    return CostRow(start, until, trunk, direction, queue, len(calls), len(unrated), found.seconds,
                   found.micro / MICRO, currency, whole)  # fmt: skip


def _legs(session: Session, asked: Asked) -> Iterator[Any]:
    """Channels of trunks that somebody answered, a few at a time."""
    leg = CallLeg
    query: Any = (
        select(
            Call.node, Call.id, Call.direction, Call.queue, Call.dialed, Call.started_at,
            leg.party, leg.role, leg.answered_at, leg.ended_at,
        )
        .join(leg, (leg.node == Call.node) & (leg.call_id == Call.id))
        .where(
            Call.started_at >= asked.since, Call.started_at < asked.until,
            Call.direction.in_(DIRECTIONS), leg.channel.like("PJSIP/trunk-%"),
            leg.answered_at.is_not(None),
        )
    )  # fmt: skip
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    yield from session.execute(query.execution_options(yield_per=CHUNK))
