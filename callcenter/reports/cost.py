"""What calls over trunks cost, by the table of rates. Each currency is a row of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallLeg
from callcenter.db.rate_store import load_rates
from callcenter.domain.periods import local_day, next_start, period_start
from callcenter.domain.rates import DIRECTIONS, MICRO, RateBook, billed_seconds, cost_micro
from callcenter.reports.asked import Asked

CHUNK = 5000


@dataclass(frozen=True)
class CostRow:
    """`cost` in units of `currency`. `unrated`: answered calls that no rate covers; they are in no
    cost and stand in a row without currency."""

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


@dataclass
class _Sum:
    calls: set[tuple[str, str]] = field(default_factory=set)
    seconds: int = 0
    micro: int = 0


def run(session: Session, asked: Asked) -> list[CostRow]:
    book = RateBook(load_rates(session))
    sums: dict[tuple[float, str, str, str, str], _Sum] = {}
    for leg in _legs(session, asked):
        start = max(period_start(leg.started_at, asked.by, asked.zone), asked.since)
        day = local_day(leg.started_at, asked.zone)
        is_call = leg.direction == "outbound" or leg.role == "customer"
        rate = book.rate_for(leg.party, leg.direction, leg.dialed, day) if is_call else None
        currency = rate.currency if rate else ""
        key = (start, leg.party, leg.direction, leg.queue, currency)
        found = sums.setdefault(key, _Sum())
        found.calls.add((leg.node, leg.id))
        seconds = (leg.ended_at or asked.now) - leg.answered_at
        if rate is not None:
            found.seconds += billed_seconds(rate, seconds)
            found.micro += cost_micro(rate, seconds)
    return [_row(key, found, asked) for key, found in sorted(sums.items())]


def _row(key: tuple[float, str, str, str, str], found: _Sum, asked: Asked) -> CostRow:
    start, trunk, direction, queue, currency = key
    first = period_start(start, asked.by, asked.zone)
    until = min(next_start(first, asked.by, asked.zone), asked.until)
    calls = len(found.calls)
    return CostRow(
        start, until, trunk, direction, queue, calls if currency else 0, 0 if currency else calls,
        found.seconds, found.micro / MICRO, currency,
    )  # fmt: skip


def _legs(session: Session, asked: Asked) -> Iterator[Any]:
    """Channels of trunks that somebody answered, a few at a time."""
    leg = CallLeg
    query: Select[Any] = (
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
