"""What the dialer reads of campaigns and writes of its decisions. Each is a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import Unreadable, read_campaigns
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow
from callcenter.db.site_store import load_versioned, site_version
from callcenter.dialer.budget import budget
from callcenter.dialing.campaigns import AtWork
from callcenter.dialing.decide import Learned
from callcenter.dialing.history import learn
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign
from callcenter.domain.periods import local_day
from callcenter.domain.site import Site

COUNT_SECONDS = 600.0  # the window moves on


@dataclass(frozen=True)
class Unsettled:
    attempt: str
    call_id: str
    campaign: str
    placed_at: float
    mode: str


def site(sessions: sessionmaker[Session], known: int) -> tuple[Site | None, int]:
    """(the site, its version); no site where `known` is its version."""
    with sessions() as session:
        if site_version(session) == known:
            return None, known
        return load_versioned(session)


def campaigns(
    sessions: sessionmaker[Session],
) -> tuple[tuple[Campaign, ...], tuple[Unreadable, ...]]:
    with sessions() as session:
        return read_campaigns(session)


def begin(sessions: sessionmaker[Session], campaign: Campaign, now: float) -> AtWork:
    learned = Learned()
    with sessions() as session:
        counted = budget(session, campaign, now)
        learn(session, campaign, learned)
    return AtWork(campaign, learned, counted, counted_at=now)


def count(sessions: sessionmaker[Session], work: AtWork, campaign: Campaign, now: float) -> None:
    """The campaign's settings as they are now, and its budget counted anew."""
    with sessions() as session:
        work.budget = budget(session, campaign, now)
    work.campaign, work.counted_at = campaign, now


def is_stale(work: AtWork, now: float, of: Site) -> bool:
    """Also from midnight on, and when the clock went back."""
    if not 0 <= now - work.counted_at <= COUNT_SECONDS:
        return True
    zone = ZoneInfo(of.timezone)
    return local_day(now, zone) != local_day(work.counted_at, zone)


def unsettled(sessions: sessionmaker[Session], node: str) -> list[Unsettled]:
    row = DialAttemptRow
    query = select(
        row.id, row.call_id, row.campaign, func.coalesce(row.placed_at, row.reserved_at), row.mode
    ).where(row.node == node, row.outcome == "", row.call_id != "")
    with sessions() as session:
        found = session.execute(query).all()
    return [
        Unsettled(attempt, call, campaign, placed_at, mode)
        for attempt, call, campaign, placed_at, mode in found
    ]


def why_unfit(campaign: Campaign, of: Site) -> str:
    """Why this campaign cannot dial whatever the floor says; empty: it can."""
    if campaign.trunk not in {trunk.name for trunk in of.trunks}:
        return f"there is no trunk {campaign.trunk!r}: choose one in the campaign"
    if campaign.mode in MODES_WITH_AGENTS and campaign.queue not in {q.name for q in of.queues}:
        return f"there is no queue {campaign.queue!r}: choose one in the campaign"
    return ""


def decision_row(work: AtWork, dialed: int, now: float) -> dict[str, Any]:
    seen, decision, spent = work.snapshot, work.decision, work.budget.tighter
    needing = seen.in_flight if seen else 0
    return {
        "campaign": work.campaign.name,
        "at": now,
        "dial": dialed,
        "reason": decision.reason,
        "no_agent_probability": decision.no_agent_probability,
        "threshold": decision.threshold,
        "agents": seen.agents if seen else 0,
        "agents_ready": seen.agents_ready if seen else 0,
        "in_flight": needing if work.campaign.mode in MODES_WITH_AGENTS else work.lines_up,
        "waiting": seen.waiting if seen else 0,
        "free_lines": seen.free_lines if seen else 0,
        "live_answered": seen.live_answered if seen else spent.answered,
        "abandoned": seen.abandoned if seen else spent.abandoned,
        "callers_ahead": work.callers_ahead,
        "callers_an_hour": work.inbound_per_second * 3600,
    }


def save_decisions(sessions: sessionmaker[Session], rows: Sequence[dict[str, Any]]) -> None:
    with sessions.begin() as session:
        session.execute(insert(PacingDecisionRow), list(rows))
