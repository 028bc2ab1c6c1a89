"""An agent on the live floor, and the table that says which state they are in.

Invariants
- A signed-out agent has no queues; the state never depends on the order events came in, only on
  the facts in the table's columns. So duplicates and late events cannot leave it wrong.
- `since` changes when, and only when, the state does.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

AgentState = Literal[
    "signed_out",
    "ready",
    "ringing",
    "talking",
    "hold",
    "wrap_up",
    "paused",
    "connecting",
    "unreachable",
    "busy",
]
# Of the phone; of an open line, which is opening while Asterisk still watches whether it stays up.
Reach = Literal["up", "opening", "down"]
REACHES: tuple[Reach, ...] = ("up", "opening", "down")
# No new call comes, though the state does not say so yet.
Pausing = Literal["", "after-call", "after-call-on-its-way"]
ENGAGED: tuple[AgentState, ...] = ("ringing", "talking", "hold", "wrap_up", "busy")
Engagement = Literal["none", "ringing", "talking", "hold", "busy"]
ENGAGEMENTS: tuple[Engagement, ...] = ("none", "ringing", "talking", "hold", "busy")
Row = tuple[bool | None, Engagement | None, Reach | None, bool | None, bool | None, AgentState]

# The first row that fits gives the state; None fits everything.
# fmt: off
AGENT_STATES: tuple[Row, ...] = (
    # signed in  line       reach      wrapping  paused  state
    (False,      None,      None,      None,     None,   "signed_out"),
    (True,       "hold",    None,      None,     None,   "hold"),
    (True,       "talking", None,      None,     None,   "talking"),
    (True,       "ringing", None,      None,     None,   "ringing"),
    (True,       "busy",    None,      None,     None,   "busy"),
    (True,       "none",    "down",    None,     None,   "unreachable"),
    (True,       "none",    "opening", None,     None,   "connecting"),
    (True,       "none",    "up",      True,     None,   "wrap_up"),
    (True,       "none",    "up",      False,    True,   "paused"),
    (True,       "none",    "up",      False,    False,  "ready"),
)
# fmt: on

Facts = tuple[bool, Engagement, Reach, bool, bool]
_BOTH = (False, True)


def _first_fit(facts: Facts) -> AgentState:
    for row in AGENT_STATES:
        if all(want is None or want == have for want, have in zip(row[:5], facts, strict=True)):
            return row[5]
    raise LookupError(facts)


STATE_BY_FACTS: dict[Facts, AgentState] = {
    facts: _first_fit(facts)
    for facts in itertools.product(_BOTH, ENGAGEMENTS, REACHES, _BOTH, _BOTH)
}


@dataclass(slots=True)
class Agent:
    number: str
    name: str
    phone: str = ""
    open_line: bool = False  # as signed in now
    queues: dict[str, None] = field(default_factory=dict)  # in order of sign-in
    pauses: dict[str, str] = field(default_factory=dict)  # queue → reason
    pause_to_come: str | None = None  # its reason: it waits for the call on its way to them
    wrap_up_until: float = 0.0
    state: AgentState = "signed_out"
    since: float = 0.0
    call: str = ""
    answered_today: int = 0

    def settle(self, engagement: Engagement, call: str, reach: Reach, at: float) -> bool:
        """Look the state up again. True when it changed."""
        self.call = call
        facts = (bool(self.queues), engagement, reach, at < self.wrap_up_until, self.paused)
        state = STATE_BY_FACTS[facts]
        if state == self.state:
            return False
        self.state, self.since = state, at
        return True

    @property
    def paused(self) -> bool:
        return bool(self.queues) and len(self.pauses) == len(self.queues)

    @property
    def pausing(self) -> Pausing:
        if self.paused:
            return "after-call" if self.state in ENGAGED else ""
        return "" if self.pause_to_come is None else "after-call-on-its-way"

    def as_message(self) -> dict[str, object]:
        return {
            "number": self.number,
            "name": self.name,
            "phone": self.phone or None,
            "open_line": self.open_line,
            "state": self.state,
            "since": self.since,
            "pause_reason": next(iter(self.pauses.values()), self.pause_to_come) or None,
            "pausing": self.pausing,
            "queues": list(self.queues),
            "call": self.call or None,
            "answered_today": self.answered_today,
        }
