"""What a campaign's pacing starts from after a restart: its own calls so far, from the database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.evidence.law import ABANDONED, IN_QUESTION, counts_as, times_in_seconds
from callcenter.dialing.decide import Learned
from callcenter.dialing.outcome import Became
from callcenter.domain.campaign import Campaign

DIALS = 1000
TALKS = 500
LIVE_ANSWERED = ("connected", "abandoned")


def learn(session: Session, campaign: Campaign, learned: Learned) -> None:
    """The newest dials in order, and how long the queue's talks lasted."""
    row = DialAttemptRow
    newest = (
        select(
            func.coalesce(row.placed_at, row.reserved_at),
            row.answered_at,
            row.ended_at,
            row.outcome,
            row.verdict,
            row.verdict_ms,
        )
        .where(row.campaign == campaign.name, row.placed_at.is_not(None), row.outcome != "")
        .order_by(row.reserved_at.desc())
        .limit(DIALS)
    )  # fmt: skip
    for number, found in enumerate(reversed(session.execute(newest).all()), start=-DIALS):
        placed_at, answered_at, ended_at, outcome, verdict, verdict_ms = found
        learned.answers.dialed(number, placed_at)
        if verdict:
            needs_agent = verdict != "machine" or campaign.machine_action == "agent"
            learned.verdict(person=needs_agent)
        if outcome in LIVE_ANSWERED and answered_at is not None:
            learned.answers.answered(number, answered_at + (verdict_ms or 0) / 1000)
        else:
            learned.answers.ended(number, ended_at or placed_at)
    talks = select(CallTalk.talk_seconds).where(
        CallTalk.queue == campaign.queue, CallTalk.ended_at.is_not(None)
    )
    for seconds in session.scalars(talks.order_by(CallTalk.started_at.desc()).limit(TALKS)):
        learned.handling.talk.ended(seconds)


def settled_people(became: Became, mode: str, patience_seconds: float) -> tuple[int, int]:
    """What one settled attempt adds to (answered by people, abandoned)."""
    times = times_in_seconds(
        became.answered_at, became.greeting_end_at, became.agent_on_at, became.message_at,
        became.ended_at,
    )  # fmt: skip
    patience = round(patience_seconds * 1000)
    counts = counts_as(mode, became.verdict, became.outcome, times, patience)
    return int(counts in IN_QUESTION), int(counts in ABANDONED)
