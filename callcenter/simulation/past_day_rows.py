"""The books → `PastDay`: dial attempts, talks, wrap-up, and how many agents the pacing saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk, QueueVisit
from callcenter.db.models.campaigns import CampaignRow
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow
from callcenter.dialer.budget import abandoned_by_law
from callcenter.domain.campaign import BY_HAND, MODES_WITH_AGENTS, Campaign
from callcenter.domain.errors import NotFound
from callcenter.simulation.past_day import STAFFING_GAP_SECONDS, Kind, PastCall, PastDay

STAFFING_STEP_SECONDS = 60.0
AGENTS_SEEN_SECONDS = 900.0  # where no decision is kept: who talked within so long was there
KINDS: dict[str, Kind] = {
    "connected": "human",
    "abandoned": "human",
    "opted-out": "human",
    "machine": "machine",
    "machine-message": "machine",
    "busy": "busy",
    "failed": "busy",
    "no-answer": "no_answer",
}  # the others were never placed, or nobody knows what became of them
LAST_ATTEMPT_SECONDS = 3600.0  # a call that is answered later than this belongs to nothing


def past_day(session: Session, campaign: str, since: float, until: float) -> PastDay:
    """Calls placed in [since, until). Raises NotFound when there is no such campaign."""
    row = session.get(CampaignRow, campaign)
    if row is None:
        raise NotFound(f"there is no campaign {campaign}; see Campaigns for their names")
    defaults = Campaign("x", "x", "x")
    patience_seconds = float(row.settings.get("patience_seconds", defaults.patience_seconds))
    within = and_(
        DialAttemptRow.campaign == campaign,
        DialAttemptRow.reserved_at >= since - LAST_ATTEMPT_SECONDS,
        DialAttemptRow.placed_at >= since,
        DialAttemptRow.placed_at < until,
        DialAttemptRow.mode.not_in(BY_HAND),  # placed with the agent on the line: paced by nobody
    )
    return PastDay(
        campaign=campaign,
        since=since,
        until=until,
        abandon_limit=float(row.settings.get("abandon_limit", defaults.abandon_limit)),
        patience_seconds=patience_seconds,
        calls=list(_calls(session, within, patience_seconds)),
        talk_seconds=_talks(session, within, row.queue, since, until),
        wrap_up_seconds=_wrap_ups(session, row.queue, since, until),
        staffing=_staffing(session, campaign, since, until) or _who_talked(session, within),
        inbound_calls=_inbound(session, row.queue, since, until),
    )


def _calls(session: Session, within: Any, patience_seconds: float) -> Iterator[PastCall]:
    a = DialAttemptRow
    found = session.execute(
        select(
            a.placed_at,
            a.answered_at,
            a.ended_at,
            a.outcome,
            a.verdict_ms,
            abandoned_by_law(patience_seconds),
        )
        .where(within, a.outcome.in_(KINDS), a.ended_at.is_not(None))
        .order_by(a.placed_at)
    )
    for placed_at, answered_at, ended_at, outcome, verdict_ms, abandoned in found:
        kind = KINDS[outcome]
        if placed_at is None or ended_at is None:
            continue
        if kind in ("human", "machine") and answered_at is None:
            continue  # answered, and nobody knows when: no use
        yield PastCall(
            placed_at=placed_at,
            kind=kind,
            ended_after=max(0.0, ended_at - placed_at),
            answered_after=max(0.0, (answered_at or placed_at) - placed_at),
            detected_after=(verdict_ms or 0) / 1000,
            connected=outcome == "connected",
            abandoned=bool(abandoned),
        )


def _talks(session: Session, within: Any, queue: str, since: float, until: float) -> list[float]:
    """Talk and hold of every conversation of the campaign's queue, inbound ones too: the same
    agents have them."""
    t, a = CallTalk, DialAttemptRow
    found = session.execute(
        select(t.talk_seconds + t.hold_seconds).where(
            t.queue == queue, t.started_at >= since, t.started_at < until, t.ended_at.is_not(None)
        )
    ).scalars()
    seconds = [value for value in found if value > 0]
    if seconds:
        return seconds
    # The books have none (not read yet): from agent on to the end.
    spans = session.execute(
        select(a.agent_on_at, a.ended_at).where(within, a.outcome == "connected")
    )
    return [end - on for on, end in spans if on is not None and end is not None and end > on]


def _wrap_ups(session: Session, queue: str, since: float, until: float) -> list[float]:
    i = AgentInterval
    found = session.execute(
        select(i.started_at, i.ended_at).where(
            i.queue == queue, i.state == "wrap_up", i.started_at >= since, i.started_at < until
        )
    )
    return [end - start for start, end in found if end is not None]


def _staffing(
    session: Session, campaign: str, since: float, until: float
) -> list[tuple[float, int]]:
    """Agents as the pacing saw them; nobody while it did not run."""
    d = PacingDecisionRow
    found = session.execute(
        select(d.at, d.agents)
        .where(d.campaign == campaign, d.at >= since, d.at < until)
        .order_by(d.at)
    )
    return list(_steps((at, agents) for at, agents in found))


def _steps(decisions: Iterable[tuple[float, int]]) -> Iterator[tuple[float, int]]:
    last_at, present, due = 0.0, -1, 0.0
    for at, agents in decisions:
        if present > 0 and at - last_at > STAFFING_GAP_SECONDS:
            yield last_at, 0
            present, due = 0, at
        if agents != present and at >= due:
            yield at, agents
            present, due = agents, at + STAFFING_STEP_SECONDS
        last_at = at


def _who_talked(session: Session, within: Any) -> list[tuple[float, int]]:
    """Agents who got a call in each quarter of an hour."""
    a = DialAttemptRow
    seen: dict[int, set[str]] = {}
    found = session.execute(
        select(a.agent_on_at, a.agent).where(within, a.agent_on_at.is_not(None), a.agent != "")
    )
    for at, agent in found:
        seen.setdefault(int((at or 0.0) // AGENTS_SEEN_SECONDS), set()).add(agent)
    return [(quarter * AGENTS_SEEN_SECONDS, len(seen[quarter])) for quarter in sorted(seen)]


def _inbound(session: Session, queue: str, since: float, until: float) -> int:
    """Who came to the queue by themselves, listeners to a broadcast who asked for an agent among
    them. Whom campaigns call for a free agent, of this queue or another's, is none of them."""
    visits = session.scalar(
        select(func.count()).where(
            QueueVisit.queue == queue,
            QueueVisit.entered_at >= since,
            QueueVisit.entered_at < until,
        )
    )
    called = session.scalar(
        select(func.count())
        .select_from(DialAttemptRow)
        .join(
            QueueVisit,
            and_(
                DialAttemptRow.node == QueueVisit.node,
                DialAttemptRow.call_id == QueueVisit.call_id,
                QueueVisit.queue == queue,
                QueueVisit.entered_at >= since,
                QueueVisit.entered_at < until,
            ),
        )
        .where(DialAttemptRow.mode.in_(MODES_WITH_AGENTS))
    )
    return max(0, (visits or 0) - (called or 0))
