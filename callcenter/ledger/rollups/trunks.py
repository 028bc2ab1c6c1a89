"""How busy the trunks were, quarter by quarter of an hour, from their ended channels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import ON_A_TRUNK, CallLeg
from callcenter.db.models.rollups import TrunkQuarter
from callcenter.domain.periods import QUARTER_SECONDS, most_at_once
from callcenter.ledger.rollups.days import Only, replace_rows

# Which legs reach into a stretch is looked up by their end: none is taken to be longer than this.
LONGEST_CALL_SECONDS = 86_400
Span = tuple[str, float, float]  # trunk, from, until


def roll_trunks(session: Session, only: Only, since: float, until: float) -> None:
    """Reckons [since, until) anew; both are multiples of a quarter of an hour."""
    leg = CallLeg
    query = select(leg.party, leg.started_at, leg.ended_at).where(
        literal_column(ON_A_TRUNK),
        leg.ended_at > since,
        leg.ended_at < until + LONGEST_CALL_SECONDS,
        leg.started_at < until,
    )
    if only is not None:
        query = query.where(leg.party.in_(only))
    spans = ((trunk, start, end) for trunk, start, end in session.execute(query) if end is not None)
    rows = [row for row in trunk_quarters(spans) if since <= row["start_at"] < until]
    replace_rows(session, TrunkQuarter, TrunkQuarter.trunk, only, since, until, rows)


def trunk_quarters(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Ended channels → one row a trunk and quarter. Pure."""
    began: dict[tuple[float, str], int] = defaultdict(int)
    within: dict[tuple[float, str], list[tuple[float, float]]] = defaultdict(list)
    for trunk, started_at, ended_at in spans:
        if ended_at <= started_at:
            continue
        start = started_at // QUARTER_SECONDS * QUARTER_SECONDS
        began[start, trunk] += 1
        while start < ended_at:
            after = start + QUARTER_SECONDS
            within[start, trunk].append((max(started_at, start), min(ended_at, after)))
            start = after
    return [
        {"start_at": start, "trunk": trunk, "began": began[start, trunk],
         "used_us": sum(round((end - begin) * 1_000_000) for begin, end in cut),
         "at_once": most_at_once(cut)}
        for (start, trunk), cut in within.items()
    ]  # fmt: skip
