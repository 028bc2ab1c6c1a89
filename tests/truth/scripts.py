"""What each caller of a run will do, decided before it begins: the same seed, the same callers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tests.truth.site import (
    CLOSED,
    IN_TURN,
    MENU,
    MENU_CHOICES,
    NARROW,
    NOBODY,
    PATIENT,
    SALES,
    SHORT_SECONDS,
    SUPPORT,
)

Then = Literal["agent", "caller", "blind", "requeue", "attended"]
FIRST_NUMBER = 15_600_000


@dataclass(frozen=True)
class Stage:
    """What happens at the phone of the one who answers, in seconds, and how their part ends:
    the agent or the caller hangs up, or the call goes on to an expert or to the sales queue."""

    ring: float
    talk: float
    hold: float = 0.0
    then: Then = "agent"


@dataclass(frozen=True)
class Script:
    """`patience`: hangs up that long after entering the queue; None: waits. `ignored`: so many
    phones ring to the end before one is picked up."""

    kind: str
    number: str
    dialed: str
    digit: str = ""
    patience: float | None = None
    stages: tuple[Stage, ...] = ()
    ignored: int = 0


# kind → how many of 100 calls
MIX = {
    "agent_ends": 20, "caller_ends": 18, "hold": 10, "short": 8, "gives_up": 8, "blind": 6,
    "requeue": 4, "attended": 6, "transferred_twice": 3, "ignored": 2, "times_out": 3,
    "two_queues": 3, "crowd": 2, "leaves_menu": 2, "menu_timeout": 1, "closed": 1, "nobody": 1,
    "direct": 1, "direct_unanswered": 1,
}  # fmt: skip


def scripts(calls: int, seed: int) -> list[Script]:
    """Every kind in its share (each at least once from 19 calls on), in random order."""
    chance = random.Random(seed)
    kinds = list(MIX)[:calls]
    rest = chance.choices(list(MIX), list(MIX.values()), k=calls - len(kinds))
    chosen = [*kinds, *rest]
    chance.shuffle(chosen)
    numbers = (str(FIRST_NUMBER + each) for each in itertools.count())
    return [script_of(kind, number, chance) for kind, number in zip(chosen, numbers, strict=False)]


def script_of(kind: str, number: str, chance: random.Random) -> Script:
    def stage(then: Then, hold: float = 0.0) -> Stage:
        return Stage(chance.uniform(0.2, 1.2), chance.uniform(1.0, 3.5), hold, then)

    def waits(*stages: Stage) -> Script:
        return replace(_enters(kind, number, chance), stages=stages)

    match kind:
        case "agent_ends" | "direct":
            return replace(waits(stage("agent")))
        case "caller_ends":
            return waits(stage("caller"))
        case "hold":
            return waits(stage(chance.choice(["agent", "caller"]), chance.uniform(1.0, 2.0)))
        case "short":
            return replace(waits(), patience=chance.uniform(0.3, SHORT_SECONDS - 0.5))
        case "gives_up" | "direct_unanswered":
            return replace(waits(), patience=chance.uniform(SHORT_SECONDS + 0.5, 6.0))
        case "blind" | "requeue" | "attended":
            return waits(stage(kind), stage(chance.choice(["agent", "caller"])))
        case "transferred_twice":
            return waits(stage("attended"), stage("blind"), stage("agent"))
        case "ignored":
            return replace(waits(stage("agent")), ignored=1)
        case "two_queues":
            return Script(kind, number, IN_TURN, stages=(stage("agent"),))
        case "crowd":
            return Script(kind, number, NARROW, patience=chance.uniform(4.0, 5.0))
    dialed = {"times_out": PATIENT, "closed": CLOSED, "nobody": NOBODY}
    return Script(kind, number, dialed.get(kind, MENU))


def _enters(kind: str, number: str, chance: random.Random) -> Script:
    """By the menu or straight to a queue."""
    digit = chance.choice(["", *MENU_CHOICES])
    return Script(kind, number, MENU if digit else chance.choice([SUPPORT, SALES]), digit)


def turned_away(beside: Script) -> Script:
    """The one who comes while `beside` fills the narrow queue."""
    return Script("turned_away", f"2{beside.number}", NARROW)


def placed(chosen: list[Script]) -> Iterator[Script]:
    """Every call that comes of these scripts."""
    for each in chosen:
        yield each
        if each.kind == "crowd":
            yield turned_away(each)
