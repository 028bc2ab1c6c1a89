"""What happened on the floor, in field terms. Each event carries its time (epoch seconds).

A *leg* is one party's line in a call (Asterisk: a channel); a *line* is where it ends: a phone or a
trunk; of kind `line` it is the phone of an agent who is held on an open line, between calls and
in them. Not frozen: making a frozen object costs three times as much, and there are thousands a
second; nobody changes one after it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LineKind = Literal["phone", "trunk", "local", "other", "line"]
LineState = Literal["free", "ringing", "in_use", "unreachable", "unknown"]
SpyMode = Literal["listen", "whisper", "barge"]


@dataclass(slots=True)
class Event:
    at: float


@dataclass(slots=True)
class LegStarted(Event):
    leg: str
    call: str
    handle: str  # what commands to the telephone system name the leg by
    line_kind: LineKind
    line: str  # extension or trunk name
    caller_number: str
    caller_name: str
    dialed: str
    called: bool  # we called this party; false: this party called us


@dataclass(slots=True)
class LegRang(Event):
    leg: str


@dataclass(slots=True)
class LegAnswered(Event):
    leg: str


@dataclass(slots=True)
class LegEnded(Event):
    leg: str


@dataclass(slots=True)
class LegJoinedBridge(Event):
    leg: str
    call: str
    bridge: str


@dataclass(slots=True)
class LegLeftBridge(Event):
    leg: str
    bridge: str


@dataclass(slots=True)
class HoldBegan(Event):
    leg: str


@dataclass(slots=True)
class HoldEnded(Event):
    leg: str


@dataclass(slots=True)
class CallerNamed(Event):
    leg: str
    caller_number: str
    caller_name: str


@dataclass(slots=True)
class StepReached(Event):
    leg: str
    kind: str
    name: str
    detail: str


@dataclass(slots=True)
class PriorityGiven(Event):
    leg: str
    priority: int  # the higher, the sooner; 0 is normal


@dataclass(slots=True)
class CallerJoinedQueue(Event):
    leg: str
    queue: str


@dataclass(slots=True)
class CallerLeftQueue(Event):
    leg: str
    queue: str


@dataclass(slots=True)
class CallerAbandoned(Event):
    leg: str
    queue: str


@dataclass(slots=True)
class AgentAnswered(Event):
    agent: str
    queue: str
    leg: str  # the caller's


@dataclass(slots=True)
class AgentFinished(Event):
    agent: str
    queue: str


@dataclass(slots=True)
class AgentSignedIn(Event):
    agent: str
    queue: str
    phone: str
    paused: bool
    reason: str
    open_line: bool = False  # calls come to a line that is up, and do not ring


@dataclass(slots=True)
class AgentSignedOut(Event):
    agent: str
    queue: str


@dataclass(slots=True)
class AgentPaused(Event):
    agent: str
    queue: str
    paused: bool
    reason: str


@dataclass(slots=True)
class PauseAsked(Event):
    """By the phone, whose feature code waits for an answer; the floor does not change by it."""

    agent: str
    reason: str
    handle: str


@dataclass(slots=True)
class LineStateChanged(Event):
    line_kind: LineKind
    line: str
    state: LineState


@dataclass(slots=True)
class SpyBegan(Event):
    spy_handle: str
    spied_handle: str


@dataclass(slots=True)
class SpyModeChosen(Event):
    """From the page or on the supervisor's phone; the telephone system says so, not we."""

    leg: str
    mode: SpyMode


@dataclass(slots=True)
class TimePassed(Event):
    """The clock moved: wrap-up may be over, a new day may have begun."""
