"""The attempts that are up, each in one phase. Pure: fed with the events of their channels.

    placed → ringing → detecting → waiting → talking → (gone)
                                 ↘ machine, message → (gone)
                                            message → waiting   (asked for an agent, by a key)

Events may be missing or late: a phase is entered from any earlier one, and the end from all. Who
listens to a broadcast or a survey is in `message` from the answer on. What an attempt became is not
decided here but from the ledger's facts (outcome.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from callcenter.domain import events as e

Phase = Literal["placed", "ringing", "detecting", "waiting", "talking", "machine", "message"]
PHASES: tuple[Phase, ...] = (
    "placed", "ringing", "detecting", "machine", "waiting", "talking", "message",
)  # fmt: skip
RINGING: tuple[Phase, ...] = ("placed", "ringing")
# A person, or what may be one, has answered.
LIVE: tuple[Phase, ...] = ("waiting", "talking", "message")


@dataclass(slots=True)
class CallUp:
    attempt: str
    call: str  # its channel's id
    campaign: str
    number: int  # counts the calls of this process, for the learner
    detects: bool
    placed_at: float
    by_hand: bool = False  # an agent is on the line already
    for_agent: bool = (
        True  # who answers needs one; a broadcast's listeners do when they ask for one
    )
    phase: Phase = "placed"
    since: float = 0.0
    ringing_at: float | None = None
    answered_at: float | None = None
    agent_on_at: float | None = None
    ended_at: float | None = None
    abandoned: bool = False
    machine: bool = False  # detection said so, though an agent may be wanted for it
    started: bool = False  # Asterisk has made its channel
    queued: bool = False


Change = Callable[[CallUp, Phase, float], None]


class CallsUp:
    """By call id. `on_change(call, phase before, at)` is told of every change of phase;
    `on_end(call)` when it is over."""

    def __init__(self, on_change: Change, on_end: Callable[[CallUp], None]) -> None:
        self._up: dict[str, CallUp] = {}
        self._over: dict[str, CallUp] = {}  # by attempt, until it is settled
        self._on_change, self._on_end = on_change, on_end

    def __len__(self) -> int:
        return len(self._up)

    def __contains__(self, call: str) -> bool:
        return call in self._up

    def add(self, call: CallUp) -> None:
        call.since = call.placed_at
        self._up[call.call] = call

    def get(self, call: str) -> CallUp | None:
        return self._up.get(call)

    def all(self) -> tuple[CallUp, ...]:
        return tuple(self._up.values())

    def of(self, campaign: str) -> Iterator[CallUp]:
        return (call for call in self._up.values() if call.campaign == campaign)

    def shown(self, campaign: str) -> dict[str, dict[str, Any]]:
        """For its board: how many are in each phase, and the phase of each attempt."""
        phases = {call.attempt: call.phase for call in self.of(campaign)}
        return {"up": dict(Counter(phases.values())), "calls": phases}

    def unsettled(self, campaign: str) -> Iterator[CallUp]:
        """Those that are up, and those that are over but not settled yet."""
        yield from self.of(campaign)
        yield from (call for call in self._over.values() if call.campaign == campaign)

    def seen(self, attempt: str) -> CallUp | None:
        return self._over.get(attempt)

    def settled(self, attempt: str) -> None:
        self._over.pop(attempt, None)

    def take(self, event: e.Event) -> None:
        handle = _HANDLERS.get(type(event))
        leg = getattr(event, "leg", "")
        call = self._up.get(leg) if leg else None
        if handle is not None and call is not None:
            handle(self, call, event)

    def end(self, call: CallUp, at: float) -> None:
        if self._up.pop(call.call, None) is not None:
            call.ended_at = at
            self._over[call.attempt] = call
            self._on_end(call)

    def end_silent(self, placed_before: float, at: float) -> None:
        """Those of which Asterisk never told anything: no line stays taken by them for ever."""
        for call in self.all():
            if not call.started and call.placed_at < placed_before:
                self.end(call, at)

    def catch_up(self, call: CallUp, phase: Phase, at: float) -> None:
        """What Asterisk shows after a while in which it was not heard."""
        call.started = True
        self._move(call, phase, at)

    def _move(self, call: CallUp, phase: Phase, at: float) -> None:
        asked = call.phase == "message" and phase in ("waiting", "talking") and at >= call.since
        if not asked and PHASES.index(phase) <= PHASES.index(call.phase):
            return
        before, call.phase, call.since = call.phase, phase, at
        self._on_change(call, before, at)

    def _started(self, call: CallUp, event: e.LegStarted) -> None:
        call.started = True

    def _rang(self, call: CallUp, event: e.LegRang) -> None:
        call.ringing_at = call.ringing_at or event.at
        self._move(call, "ringing", event.at)

    def _answered(self, call: CallUp, event: e.LegAnswered) -> None:
        call.answered_at = call.answered_at or event.at
        self._move(call, _phase_of_answer(call), event.at)

    def _step(self, call: CallUp, event: e.StepReached) -> None:
        machine = event.kind == "machine-detection" and event.name == "machine"
        call.machine = call.machine or machine
        if machine or (event.kind == "campaign-message" and event.detail == "machine"):
            self._move(call, "machine", event.at)  # whom a message is left for is no person
        elif event.kind == "queue":
            call.queued = True
            self._move(call, "waiting", event.at)
        elif event.kind == "campaign-message":
            call.abandoned = event.detail == "abandoned"
            self._move(call, "message", event.at)

    def _bridged(self, call: CallUp, event: e.LegJoinedBridge) -> None:
        call.agent_on_at = call.agent_on_at or event.at
        self._move(call, "talking", event.at)

    def _ended(self, call: CallUp, event: e.LegEnded) -> None:
        self.end(call, event.at)


def _phase_of_answer(call: CallUp) -> Phase:
    if call.by_hand:
        return "ringing"  # it is the agent who answered: now the lead rings
    if call.detects:
        return "detecting"
    return "waiting" if call.for_agent else "message"


_HANDLERS: dict[type[e.Event], Callable[..., None]] = {
    e.LegStarted: CallsUp._started,
    e.LegRang: CallsUp._rang,
    e.LegAnswered: CallsUp._answered,
    e.StepReached: CallsUp._step,
    e.LegJoinedBridge: CallsUp._bridged,
    e.LegEnded: CallsUp._ended,
}
