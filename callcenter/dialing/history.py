"""What a campaign's pacing starts from after a restart: its own calls so far, from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.evidence.law import (
    ABANDONED,
    IN_QUESTION,
    MACHINES,
    counts_as,
    times_in_seconds,
)
from callcenter.dialing.decide import Learned
from callcenter.dialing.outcome import Became
from callcenter.domain.campaign import BY_HAND, Campaign

DIALS = 1000
TALKS = 500  # and so many wrap-ups


def learn(session: Session, campaign: Campaign, learned: Learned) -> None:
    """The newest dials, and how long the queue's talks and wrap-ups lasted, as they came: what is
    learned last is believed most."""
    _learn_answers(session, campaign, learned)
    talk, rest = CallTalk, AgentInterval
    talks = select(talk.talk_seconds).where(
        talk.queue == campaign.queue, talk.ended_at.is_not(None)
    )
    for seconds in _oldest_first(session, talks.order_by(talk.started_at.desc())):
        learned.handling.talk.ended(seconds)
    wrap_ups = select(rest.ended_at - rest.started_at).where(
        rest.queue == campaign.queue, rest.state == "wrap_up", rest.ended_at.is_not(None)
    )
    for seconds in _oldest_first(session, wrap_ups.order_by(rest.started_at.desc())):
        learned.handling.wrap_up.ended(seconds)


def _oldest_first(session: Session, newest_first: Select[Any]) -> Iterator[float]:
    newest: list[float] = list(session.scalars(newest_first.limit(TALKS)))
    return reversed(newest)


def _learn_answers(session: Session, campaign: Campaign, learned: Learned) -> None:
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
        .where(row.mode.not_in(BY_HAND))  # there the agent's phone rings first
        .order_by(row.reserved_at.desc())
        .limit(DIALS)
    )  # fmt: skip
    for number, found in enumerate(reversed(session.execute(newest).all()), start=-DIALS):
        placed_at, answered_at, ended_at, outcome, verdict, verdict_ms = found
        learned.answers.dialed(number, placed_at)
        if verdict:
            needs_agent = verdict != "machine" or campaign.machine_action == "agent"
            learned.verdict(person=needs_agent)
        judged = bool(verdict) or not campaign.machine_detection
        if answered_at is not None and judged and outcome not in MACHINES:
            learned.answers.answered(number, answered_at + (verdict_ms or 0) / 1000)
        else:
            learned.answers.ended(number, ended_at or placed_at)


def settled_people(became: Became, mode: str, patience_seconds: float) -> tuple[int, int]:
    """(answered by people, abandoned): what one settled attempt adds to its campaign's budget
    until `dialer/budget.py` counts anew."""
    times = times_in_seconds(
        became.answered_at, became.greeting_end_at, became.agent_on_at, became.message_at,
        became.ended_at,
    )  # fmt: skip
    patience = round(patience_seconds * 1000)
    counts = counts_as(mode, became.verdict, became.outcome, times, patience)
    return int(counts in IN_QUESTION), int(counts in ABANDONED)
