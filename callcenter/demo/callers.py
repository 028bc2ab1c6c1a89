"""Who calls when: Poisson arrivals from the directory, nobody twice at the same time (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from callcenter.demo.behaviour import CallPlan, next_arrival_seconds, plan_call
from callcenter.demo.directory import Person

FIRST_CALLS = 3  # placed at once, so that the wallboard moves at first sight
FIRST_GAP_SECONDS = 1.0
RECALL_SECONDS = 600.0  # longer than any call lasts


class Callers:
    """The town. Times are seconds on any one clock."""

    def __init__(
        self, random: Random, people: Sequence[Person], calls_per_minute: float, now: float
    ) -> None:
        self._random = random
        self._people = list(people)
        self._rate = calls_per_minute
        self._called_at: dict[str, float] = {}
        self._next = now if calls_per_minute > 0 else None
        self._placed = 0

    @property
    def calls_per_minute(self) -> float:
        return self._rate

    def change_rate(self, calls_per_minute: float, now: float) -> None:
        """From now on; 0 or less stops the calls."""
        if calls_per_minute != self._rate:
            self._rate = calls_per_minute
            self._next = self._arrival_after(now)

    def due(self, now: float) -> list[CallPlan]:
        """The calls to place now."""
        plans = []
        while self._next is not None and self._next <= now:
            plans.append(plan_call(self._random, self._somebody(self._next)))
            self._next = self._arrival_after(self._next)
        return plans

    def _arrival_after(self, instant: float) -> float | None:
        if self._rate <= 0:
            return None
        self._placed += 1
        if self._placed <= FIRST_CALLS:
            return instant + FIRST_GAP_SECONDS
        return instant + next_arrival_seconds(self._random, self._rate)

    def _somebody(self, now: float) -> Person:
        at_home = [
            each
            for each in self._people
            if now - self._called_at.get(each.number, -RECALL_SECONDS) >= RECALL_SECONDS
        ]
        person = self._random.choice(at_home or self._people)
        self._called_at[person.number] = now
        return person
