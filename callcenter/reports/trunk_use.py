"""How busy the trunks were: calls, minutes, and the most channels at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallLeg
from callcenter.domain.periods import next_start, period_start, period_starts
from callcenter.reports.asked import Asked

# A channel that was up when the period began may belong to a call that began before it.
LONGEST_CALL_SECONDS = 86_400


@dataclass(frozen=True)
class TrunkRow:
    start_at: float
    until_at: float
    trunk: str
    began: int
    seconds: float
    at_once: int


def run(session: Session, asked: Asked) -> list[TrunkRow]:
    until = min(asked.until, asked.now)
    query = (
        select(CallLeg.party, CallLeg.started_at, CallLeg.ended_at)
        .join(Call, (Call.node == CallLeg.node) & (Call.id == CallLeg.call_id))
        .where(
            Call.started_at >= asked.since - LONGEST_CALL_SECONDS,
            Call.started_at < until,
            CallLeg.channel.like("PJSIP/trunk-%"),
        )
    )
    spans: dict[tuple[float, str], list[tuple[float, float]]] = {}
    for trunk, started_at, ended_at in session.execute(query):
        start, end = max(started_at, asked.since), min(ended_at or until, until)
        if end <= start:
            continue
        for period in period_starts(start, end, asked.by, asked.zone):
            spans.setdefault((period, trunk), []).append((started_at, end))
    return [_row(*key, found, asked) for key, found in sorted(spans.items())]


def _row(start: float, trunk: str, spans: list[tuple[float, float]], asked: Asked) -> TrunkRow:
    begin = max(start, asked.since)
    after = min(next_start(start, asked.by, asked.zone), asked.until)
    cut = [(max(a, begin), min(b, after)) for a, b in spans]
    began = sum(period_start(a, asked.by, asked.zone) == start and a >= begin for a, _ in spans)
    return TrunkRow(begin, after, trunk, began, sum(b - a for a, b in cut), most_at_once(cut))


def most_at_once(spans: Iterable[tuple[float, float]]) -> int:
    """Spans are half-open: one that ends as another begins is not beside it."""
    edges = sorted(edge for start, end in spans for edge in ((start, 1), (end, -1)))
    most = present = 0
    for _, step in edges:
        present += step
        most = max(most, present)
    return most
