"""What the simulated agents do about themselves: sign in, take breaks, come back (pure).

Looks at the floor as the controller shows it, answers with commands. An agent whom a person has
paused or signed out from the web is left alone for a while, then returns to work, so that a
demo left running never falls asleep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from callcenter.demo.behaviour import BreakPlan, plan_break

MOST_ON_BREAK = 2
SIGN_IN_AGAIN_SECONDS = 8.0  # a sign-in from a phone takes this long to show
LEFT_ALONE_SECONDS = 90.0


@dataclass(frozen=True)
class SignIn:
    agent: str
    phone: str


@dataclass(frozen=True)
class Pause:
    agent: str
    reason: str


@dataclass(frozen=True)
class Unpause:
    agent: str


StaffCommand = SignIn | Pause | Unpause


@dataclass
class _Day:
    """One agent's own plans."""

    break_plan: BreakPlan
    break_due_at: float
    back_at: float | None = None
    tried_sign_in_at: float | None = None
    seen_working: bool = False
    off_since: float | None = None


@dataclass
class Staff:
    """`phones`: agent number → extension. `time_scale` shortens breaks (tests)."""

    random: Random
    phones: Mapping[str, str]
    time_scale: float = 1.0
    _days: dict[str, _Day] = field(default_factory=dict)

    def decide(self, now: float, agents: Mapping[str, Mapping[str, Any]]) -> list[StaffCommand]:
        """`agents`: the floor's agents by number (docs/architecture.md)."""
        commands: list[StaffCommand] = []
        on_break = sum(1 for day in self._days.values() if day.back_at is not None)
        for number in self.phones:
            if number not in agents:
                continue
            command = self._of_one(number, str(agents[number]["state"]), now, on_break)
            if command is not None:
                commands.append(command)
                on_break += isinstance(command, Pause)
        return commands

    def _of_one(self, number: str, state: str, now: float, on_break: int) -> StaffCommand | None:
        day = self._days.get(number) or self._new_day(number, now)
        if state == "signed_out":
            return self._sign_in(number, day, now)
        if state == "paused":
            return self._come_back(number, day, now)
        day.seen_working, day.off_since, day.back_at = True, None, None
        # After a call, as people do: a call may be on its way already to who is ready.
        if state == "wrap_up" and now >= day.break_due_at and on_break < MOST_ON_BREAK:
            return self._take_break(number, day, now)
        return None

    def _sign_in(self, number: str, day: _Day, now: float) -> SignIn | None:
        if day.seen_working and not self._left_alone_long_enough(day, now):
            return None
        tried = day.tried_sign_in_at
        if tried is not None and now - tried < SIGN_IN_AGAIN_SECONDS:
            return None
        day.tried_sign_in_at = now
        return SignIn(number, self.phones[number])

    def _take_break(self, number: str, day: _Day, now: float) -> Pause:
        plan = day.break_plan
        day.back_at = now + plan.seconds * self.time_scale
        day.break_plan = plan_break(self.random)
        day.break_due_at = day.back_at + day.break_plan.after_seconds * self.time_scale
        return Pause(number, plan.reason)

    def _come_back(self, number: str, day: _Day, now: float) -> Unpause | None:
        if day.back_at is None:
            return Unpause(number) if self._left_alone_long_enough(day, now) else None
        return Unpause(number) if now >= day.back_at else None

    def _left_alone_long_enough(self, day: _Day, now: float) -> bool:
        if day.off_since is None:
            day.off_since = now
        return now - day.off_since >= LEFT_ALONE_SECONDS * self.time_scale

    def _new_day(self, number: str, now: float) -> _Day:
        plan = plan_break(self.random)
        day = _Day(plan, now + plan.after_seconds * self.time_scale)
        self._days[number] = day
        return day
