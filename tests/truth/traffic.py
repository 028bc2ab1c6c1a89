"""A whole run: people at their desks, callers coming in, everybody gone at the end."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stack import Stack
from tests.truth import clock
from tests.truth.caller import make_call
from tests.truth.desk import Desk, Expert
from tests.truth.office import Office
from tests.truth.scripts import Script, placed
from tests.truth.site import Desks
from tests.truth.told import TrueCall

LONGEST_CALL_SECONDS = 120
PAUSE_SECONDS = 6.0


@dataclass
class Shift:
    """When an agent sat there, in epoch seconds: (earliest, latest) for each end."""

    began: tuple[float, float]
    ended: tuple[float, float] = (0.0, 0.0)


class Traffic:
    """`shifts`: agent → when they were signed in; `pauses`: agent → stretches in pause."""

    def __init__(self, stack: Stack, seats: Desks, folder: Path, lines: int) -> None:
        self.office = Office(stack, folder)
        self.shifts: dict[str, Shift] = {}
        self._stack, self._seats = stack, seats
        self.office.open_lines(lines)
        self._agents = [Desk(self.office, *each) for each in seats.agents.items()]
        self._experts = [Expert(self.office, *each) for each in seats.experts.items()]
        for expert in self._experts:
            self.office.expert_is_free(expert)

    @property
    def calls(self) -> list[TrueCall]:
        return list(self.office.calls.values())

    @property
    def pauses(self) -> dict[str, list[tuple[float, float]]]:
        return {desk.agent: desk.paused for desk in self._agents if desk.paused}

    def begin(self) -> None:
        for desk in (*self._agents, *self._experts):
            before = clock.now()
            self._stack.sign_in(desk.agent, desk.extension)
            self.shifts[desk.agent] = Shift((before, clock.now()))
            desk.start()

    def offer(
        self, chosen: list[Script], calls_per_second: float, seed: int = 1, breaks: int = 2
    ) -> None:
        """Places every call at a random moment around its turn, and waits for the last to end.

        In the middle so many agents take a break.
        """
        chance = random.Random(seed)
        callers = self._callers(chosen)
        for number, caller in enumerate(callers):
            if number == len(callers) // 2:
                for desk in self._agents[:breaks]:
                    desk.pause_seconds = PAUSE_SECONDS
            caller.start()
            self.office.closing.wait(chance.expovariate(calls_per_second))
        _wait_for(callers)

    def offer_at(self, chosen: dict[float, Script]) -> None:
        """Each call at its instant."""
        callers = self._callers(list(chosen.values()))
        for at, caller in zip(chosen, callers, strict=True):
            self.office.closing.wait(max(0.0, at - clock.now()))
            caller.start()
        _wait_for(callers)

    def _callers(self, chosen: list[Script]) -> list[threading.Thread]:
        self.office.expects(placed(chosen))
        return [
            threading.Thread(target=make_call, args=(self.office, script), daemon=True)
            for script in chosen
        ]

    def end(self) -> None:
        for desk in self._agents:
            desk.pause_seconds = 0.0
            desk.at_work.wait(LONGEST_CALL_SECONDS)
        self._stack.wait_no_channels(30)
        for agent, shift in self.shifts.items():
            before = clock.now()
            self._stack.sign_out(agent)
            shift.ended = (before, clock.now())


def _wait_for(callers: list[threading.Thread]) -> None:
    for caller in callers:
        caller.join(LONGEST_CALL_SECONDS)


@contextmanager
def traffic(stack: Stack, seats: Desks, folder: Path, lines: int) -> Iterator[Traffic]:
    made = Traffic(stack, seats, folder, lines)
    try:
        yield made
    finally:
        made.office.close()
