"""What became of an attempt, from the ledger's facts of its call. Pure: the same facts give the
same outcome, so it can be settled by any process at any time after the call.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from callcenter.dialer.evidence.law import NOT_IN_QUESTION
from callcenter.domain.campaign import BY_HAND, Outcome
from callcenter.ledger.books import Channel
from callcenter.ledger.channels import channels_of, in_order
from callcenter.ledger.facts import Fact
from callcenter.ledger.steps import Step, step_of

HUNG_UP = "hung up before anybody spoke"
GAVE_UP = "hung up after waiting for longer than allowed"
CUT = "cut"  # Asterisk ended in mid-call
# Q.850 causes of calls that nobody answered; any other is a failure.
BUSY = ("17",)
NOBODY = ("0", "16", "18", "19", "21", "26", "102", "127")


@dataclass(frozen=True)
class Answer:
    """What was pressed to a survey's question."""

    question: str
    key: str
    at: float


@dataclass(frozen=True)
class Became:
    """Columns of dial_attempts; instants in epoch seconds."""

    outcome: Outcome
    cause: str
    answered_at: float | None = None
    greeting_end_at: float | None = None
    verdict: str = ""
    verdict_ms: int | None = None
    agent_on_at: float | None = None
    message_at: float | None = None
    ended_at: float | None = None
    opted_out: bool = False  # no column: the number goes on the do-not-call list
    answers: tuple[Answer, ...] = ()  # no column: rows of survey_answers


@dataclass(frozen=True)
class _Told:
    """What the dialplan's steps say, in order, with their instants."""

    steps: tuple[tuple[float, Step], ...]

    def first(self, kind: str, detail: str = "") -> tuple[float, Step] | None:
        found = (each for each in self.steps if each[1].kind == kind)
        return next((each for each in found if detail in ("", each[1].detail)), None)


def outcome_of_attempt(
    call: str,
    mode: str,
    facts: Iterable[Fact],
    cut_at: float | None,
    patience_seconds: float = math.inf,
) -> Became | None:
    """None: CEL knows no channel of it. `cut_at`: the call ended with Asterisk itself, then.

    `patience_seconds`: who heard nobody for so long after their greeting was abandoned, though they
    hung up by themselves.
    """
    ordered = in_order(facts)
    channels = channels_of(ordered, cut_at)
    if not channels:
        return None
    told = _Told(tuple((fact.at, step) for fact in ordered if (step := step_of(fact))))
    by_hand = mode in BY_HAND
    lead = _lead_channel(call, channels.values(), by_hand)
    if lead is None:
        agent = channels.get(call)
        return Became("unplaced", "the agent's phone did not take the call", ended_at=_end(agent))
    return _abandoned_by(_judged(lead, told), mode, patience_seconds)


def _lead_channel(call: str, channels: Iterable[Channel], by_hand: bool) -> Channel | None:
    """Dialed by hand, the call's first channel is the agent's phone and the lead's follows."""
    if not by_hand:
        return next((each for each in channels if each.uniqueid == call), None)
    return next((each for each in channels if each.is_trunk), None)


def _judged(lead: Channel, told: _Told) -> Became:
    detected = told.first("machine-detection")
    message = told.first("campaign-message")
    agent_on_at = lead.stays[0].entered if lead.stays else None
    verdict, verdict_ms, greeting_end = _verdict(detected, lead.answered_at)
    return Became(
        outcome=_outcome(lead, told, verdict, agent_on_at),
        cause=_cause(lead, told, agent_on_at, verdict),
        answered_at=lead.answered_at,
        greeting_end_at=greeting_end,
        verdict=verdict,
        verdict_ms=verdict_ms,
        agent_on_at=agent_on_at,
        message_at=message[0] if message else None,
        ended_at=lead.ended_at,
        opted_out=told.first("opt-out") is not None,
        answers=tuple(
            Answer(step.name, step.detail, at) for at, step in told.steps if step.kind == "answer"
        ),
    )


def _abandoned_by(became: Became, mode: str, patience_seconds: float) -> Became:
    if became.outcome != "no-answer" or became.answered_at is None or became.ended_at is None:
        return became
    greeted = became.greeting_end_at or became.answered_at
    waited_ms = round((became.ended_at - greeted) * 1000)
    if mode in NOT_IN_QUESTION or waited_ms < patience_seconds * 1000:
        return became
    return replace(became, outcome="abandoned", cause=GAVE_UP)


def _outcome(lead: Channel, told: _Told, verdict: str, agent_on_at: float | None) -> Outcome:
    if told.first("campaign-message", "abandoned"):
        return "abandoned"  # whatever they pressed: the law counts it
    if told.first("opt-out"):
        return "opted-out"
    if agent_on_at is not None:
        return "connected"
    if told.first("campaign-message", "machine"):
        return "machine-message"
    if verdict == "machine":
        return "machine"
    if told.first("campaign-message"):
        return "connected"  # a broadcast or survey was played to a person
    if lead.cause == CUT:
        return "lost"
    if lead.answered_at is not None:
        return "no-answer"  # they hung up while we listened or looked for an agent
    if lead.cause in BUSY:
        return "busy"
    return "no-answer" if lead.cause in NOBODY else "failed"


def _cause(lead: Channel, told: _Told, agent_on_at: float | None, verdict: str) -> str:
    silent = agent_on_at is None and told.first("campaign-message") is None
    if lead.answered_at is not None and silent and verdict != "machine" and lead.cause != CUT:
        return HUNG_UP
    return lead.cause


def _verdict(
    detected: tuple[float, Step] | None, answered_at: float | None
) -> tuple[str, int | None, float | None]:
    """(verdict, its milliseconds, when the greeting ended). Without detection the greeting is
    taken to end with the answer: the strictest reading of the two-second rule."""
    if detected is None:
        return "", None, answered_at
    at, step = detected
    milliseconds, _, cause = step.detail.partition(" ")
    taken = int(milliseconds) if milliseconds.isdigit() else None
    if step.name == "machine":
        return step.name, taken, None
    kind, *figures = cause.split("-")
    silent = int(figures[-1]) if kind == "HUMAN" and figures and figures[-1].isdigit() else 0
    return step.name, taken, at - silent / 1000


def _end(channel: Channel | None) -> float | None:
    return channel.ended_at if channel else None
