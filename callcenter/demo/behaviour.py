"""What a caller, and the agent who answers them, will do: drawn once, before the call is placed.

Pure: the randomness comes as an argument, so a seed names a whole afternoon of calls. All times
are seconds on the caller's own clock and none of them depends on Asterisk.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from callcenter.demo.directory import Person
from callcenter.demo.site import MAIN_DID, NIGHT_DID, SUPPORT_DID

VOICES = 4  # caller voices there are; see sounds.py
PAUSE_REASONS = ("Break", "Lunch", "Training", "Back office")


@dataclass(frozen=True)
class KeyPress:
    wait_seconds: float
    digits: str


@dataclass(frozen=True)
class CallPlan:
    """One call from ring to hang-up."""

    caller: Person
    did: str
    keys: tuple[KeyPress, ...]
    patience_seconds: float  # from the last key; then the caller gives up
    talk_seconds: float
    voice: int
    ring_seconds: float  # how long the agent lets it ring
    ignored_offers: int = 0  # offers nobody answers before one is taken
    hold_after_seconds: float = 0.0  # 0: no hold
    hold_seconds: float = 0.0
    transfer_to: str = ""  # extension of a colleague; empty: none
    agent_hangs_up: bool = False
    speaks_to_machine: bool = False  # talks after the patience is out: leaves a message


@dataclass(frozen=True)
class BreakPlan:
    after_seconds: float
    seconds: float
    reason: str


def next_arrival_seconds(random: Random, calls_per_minute: float) -> float:
    """Gap to the next call (Poisson arrivals). `calls_per_minute` must be above 0."""
    return random.expovariate(calls_per_minute / 60)


def plan_call(random: Random, caller: Person) -> CallPlan:
    did, keys = _plan_route(random, caller)
    talk_seconds = _between(random.lognormvariate(3.5, 0.6), 8, 150)
    hold = talk_seconds > 25 and random.random() < 0.25
    return CallPlan(
        caller=caller,
        did=did,
        keys=keys,
        patience_seconds=_plan_patience(random, did),
        talk_seconds=talk_seconds,
        voice=random.randrange(VOICES),
        ring_seconds=_between(random.gammavariate(3, 1.2), 1, 12),
        ignored_offers=1 if random.random() < 0.06 else 0,
        hold_after_seconds=random.uniform(6, 12) if hold else 0.0,
        hold_seconds=random.uniform(4, 10) if hold else 0.0,
        transfer_to=_plan_transfer(random),
        agent_hangs_up=random.random() < 0.3,
        speaks_to_machine=did == NIGHT_DID,
    )


def plan_break(random: Random) -> BreakPlan:
    return BreakPlan(
        after_seconds=_between(random.expovariate(1 / 420), 60, 1800),
        seconds=_between(random.expovariate(1 / 60), 20, 240),
        reason=random.choice(PAUSE_REASONS),
    )


# What callers want, in parts of 100: DID, keys after hearing the menu.
_WANTS: tuple[tuple[int, str, str], ...] = (
    (30, MAIN_DID, "1"),
    (22, MAIN_DID, "22"),
    (9, MAIN_DID, "21O"),  # O: their order number
    (18, MAIN_DID, "3"),
    (4, MAIN_DID, "71"),  # wrong key first
    (4, MAIN_DID, ""),  # says nothing and waits
    (2, MAIN_DID, "2*3"),  # changes their mind
    (5, SUPPORT_DID, ""),
    (3, SUPPORT_DID, "C"),  # C: waits a little, then asks to be called back
    (3, NIGHT_DID, ""),
)


def _plan_route(random: Random, caller: Person) -> tuple[str, tuple[KeyPress, ...]]:
    parts = [each[0] for each in _WANTS]
    _, did, wants = random.choices(_WANTS, parts)[0]
    return did, tuple(_key_press(random, caller, want) for want in wants)


def _key_press(random: Random, caller: Person, want: str) -> KeyPress:
    if want == "C":
        return KeyPress(random.uniform(8, 20), "1")
    return KeyPress(random.uniform(2.5, 6.5), f"{caller.order}#" if want == "O" else want)


def _plan_patience(random: Random, did: str) -> float:
    """Most wait a minute or two; some change their mind within seconds (short abandons)."""
    if did == NIGHT_DID:
        return random.uniform(10, 13)  # until the tone
    if random.random() < 0.05:
        return random.uniform(1, 8)
    return _between(random.weibullvariate(100, 1.4), 12, 300)


def _plan_transfer(random: Random) -> str:
    return random.choice(("203", "206", "208")) if random.random() < 0.04 else ""


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
