"""A call on the live floor, made of legs, and the table that says which state it is in.

Invariants
- A leg is in exactly one call; a call without a visible leg is not on the floor.
- The state is looked up from facts, so it does not depend on the order events came in.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

from callcenter.domain.events import LineKind, SpyMode

CallState = Literal["ringing", "menu", "waiting", "talking", "held", "voicemail", "internal"]
Direction = Literal["inbound", "outbound", "internal"]
Row = tuple[bool | None, bool | None, bool | None, bool | None, bool | None, bool | None, CallState]

# The first row that fits gives the state; None fits everything.
# fmt: off
CALL_STATES: tuple[Row, ...] = (
    # talking held    waiting voicemail answered internal  state
    (True,    True,   None,   None,     None,    None,     "held"),
    (True,    False,  None,   None,     None,    True,     "internal"),
    (True,    False,  None,   None,     None,    False,    "talking"),
    (False,   None,   True,   None,     None,    None,     "waiting"),
    (False,   None,   False,  True,     None,    None,     "voicemail"),
    (False,   None,   False,  False,    True,    False,    "menu"),
    (False,   None,   False,  False,    True,    True,     "internal"),
    (False,   None,   False,  False,    False,   None,     "ringing"),
)
# fmt: on

Facts = tuple[bool, ...]  # as many as the table has columns


def _first_fit(facts: Facts) -> CallState:
    for row in CALL_STATES:
        if all(want is None or want == have for want, have in zip(row[:6], facts, strict=True)):
            return row[6]
    raise LookupError(facts)


STATE_BY_FACTS: dict[Facts, CallState] = {
    facts: _first_fit(facts) for facts in itertools.product((False, True), repeat=6)
}
# Steps that are a place the caller is at; the others (a digit, a recording) happen at a place.
_PLACES = frozenset(
    ("hours", "menu", "queue", "message", "voicemail", "journey", "phone", "ring-group", "park")
)


@dataclass(slots=True)
class Leg:
    id: str
    call: str
    handle: str
    line_kind: LineKind
    line: str
    caller_number: str
    caller_name: str
    dialed: str
    called: bool
    started_at: float
    ringing: bool = False
    answered: bool = False
    bridge: str = ""
    held: bool = False
    spying: bool = False
    spies_on: str = ""  # the spied leg's id
    spy_mode: SpyMode = "listen"


@dataclass(slots=True)
class Call:
    id: str
    started_at: float
    legs: dict[str, Leg] = field(default_factory=dict)
    caller_number: str = ""
    caller_name: str = ""
    dialed: str = ""
    step: str = ""
    queue: str = ""
    priority: int = 0
    waiting_since: float = 0.0
    waited_seconds: float = 0.0  # in queues, until now or the answer
    answered_at: float = 0.0

    @property
    def origin(self) -> Leg | None:
        """The leg that began the call, or the oldest that is left."""
        return self.legs.get(self.id) or next(iter(self.legs.values()), None)

    @property
    def visible(self) -> bool:
        return any(
            leg.line_kind in ("phone", "trunk") and not leg.spying for leg in self.legs.values()
        )

    def direction(self) -> Direction:
        origin = self.origin
        if origin is not None and origin.line_kind == "trunk" and not origin.called:
            return "inbound"
        trunk = any(leg.line_kind == "trunk" for leg in self.legs.values())
        return "outbound" if trunk else "internal"

    def remember_step(self, kind: str, name: str, detail: str) -> None:
        if kind == "did":
            self.dialed = name
        if kind in _PLACES:
            self.step = f"{kind}:{name}:{detail}" if detail else f"{kind}:{name}"
