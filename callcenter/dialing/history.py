"""What a campaign's pacing starts from after a restart: its own calls so far, from the database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialing.decide import Learned
from callcenter.domain.campaign import Campaign

DIALS = 1000
TALKS = 500
DAY_SECONDS = 86400.0
LIVE_ANSWERED = ("connected", "abandoned")


def window_counts(session: Session, campaign: Campaign, now: float) -> tuple[int, int]:
    """(answered by people, abandoned among them) in the rule's window, of settled attempts."""
    row = DialAttemptRow
    since = now - campaign.abandon_window_days * DAY_SECONDS
    query = (
        select(row.outcome, func.count())
        .where(
            row.campaign == campaign.name,
            row.reserved_at >= since,
            row.outcome.in_((*LIVE_ANSWERED, "opted-out")),
            row.mode.not_in(("manual", "preview")),  # placed with an agent on the line
        )
        .group_by(row.outcome)
    )
    counts = {outcome: int(count) for outcome, count in session.execute(query)}
    abandoned = counts.get("abandoned", 0)
    return sum(counts.values()), abandoned


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
            learned.verdict(person=verdict != "machine")
        if outcome in LIVE_ANSWERED and answered_at is not None:
            learned.answers.answered(number, answered_at + (verdict_ms or 0) / 1000)
        else:
            learned.answers.ended(number, ended_at or placed_at)
    talks = select(CallTalk.talk_seconds).where(
        CallTalk.queue == campaign.queue, CallTalk.ended_at.is_not(None)
    )
    for seconds in session.scalars(talks.order_by(CallTalk.started_at.desc()).limit(TALKS)):
        learned.handling.talk.ended(seconds)


def settled_people(outcome: str, mode: str) -> tuple[int, int]:
    """What one settled attempt adds to (answered by people, abandoned)."""
    if mode in ("manual", "preview"):
        return 0, 0
    return int(outcome in (*LIVE_ANSWERED, "opted-out")), int(outcome == "abandoned")
