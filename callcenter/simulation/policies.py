"""The policies the simulator can run: ours, and baselines from other systems' published sources.

Formulas and their sources: docs/simulation.md.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from callcenter.dialer.pacing.answers import AnswerLearner
from callcenter.dialer.pacing.budget import Budget
from callcenter.dialer.pacing.handling import HandlingLearner
from callcenter.dialer.pacing.pace import pace
from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.domain.errors import InvalidInput
from callcenter.simulation.scenario import Scenario


class Deaf:
    """A policy that needs to hear nothing of its calls; the base of most baselines."""

    interval_seconds = 1.0

    def decide(self, snapshot: Snapshot) -> int:
        raise NotImplementedError

    def dialed(self, call: int, at_seconds: float) -> None: ...
    def answered(self, call: int, at_seconds: float) -> None: ...
    def ended(self, call: int, at_seconds: float) -> None: ...
    def talk_ended(self, seconds: float) -> None: ...
    def wrap_up_ended(self, seconds: float) -> None: ...


class Progressive(Deaf):
    """One line per free agent."""

    interval_seconds = 0.5

    def decide(self, snapshot: Snapshot) -> int:
        return max(0, snapshot.agents_ready - snapshot.in_flight)


class Ratio(Deaf):
    """A fixed number of lines per free agent."""

    interval_seconds = 0.5

    def __init__(self, lines_per_agent: float) -> None:
        self._lines = lines_per_agent

    def decide(self, snapshot: Snapshot) -> int:
        wanted = math.floor(snapshot.agents_ready * self._lines)
        return max(0, wanted - snapshot.in_flight)


class Predictive(Deaf):
    """Ours: the same pacing code that dials in production."""

    interval_seconds = 0.5
    refresh_seconds = 15.0
    forecast_seconds = 2.0

    def __init__(self, limit: float, patience_seconds: float, budget: Budget | None = None) -> None:
        self._answers = AnswerLearner()
        self._handling = HandlingLearner()
        self._budget = budget or Budget(limit=limit)
        self._patience_seconds = patience_seconds
        self._free = self._handling.forecast((), ())
        self._refresh_at = 0.0
        self._forecast = self._answers.forecast(0.0)
        self._forecast_due = 0.0

    def decide(self, snapshot: Snapshot) -> int:
        if snapshot.at_seconds >= self._refresh_at:
            self._free = self._handling.forecast(snapshot.talking_seconds, snapshot.wrap_up_seconds)
            self._refresh_at = snapshot.at_seconds + self.refresh_seconds
        if snapshot.at_seconds >= self._forecast_due:
            self._forecast = self._answers.forecast(snapshot.at_seconds)
            self._forecast_due = snapshot.at_seconds + self.forecast_seconds
        answers = self._forecast
        return pace(
            snapshot, answers, self._free, self._handling, self._budget, self._patience_seconds
        ).dial

    def dialed(self, call: int, at_seconds: float) -> None:
        self._answers.dialed(call, at_seconds)

    def answered(self, call: int, at_seconds: float) -> None:
        self._answers.answered(call, at_seconds)

    def ended(self, call: int, at_seconds: float) -> None:
        self._answers.ended(call, at_seconds)

    def talk_ended(self, seconds: float) -> None:
        self._handling.talk.ended(seconds)

    def wrap_up_ended(self, seconds: float) -> None:
        self._handling.wrap_up.ended(seconds)


class Vicidial(Deaf):
    """VICIdial's adaptive dial level; `variant` is its dial method."""

    interval_seconds = 0.5
    sample_seconds = 1.0
    dial_every_seconds = 2.5
    level_every_seconds = 15.0
    drops_every_seconds = 60.0
    max_level = 3.0

    def __init__(self, variant: str, limit: float, shift_seconds: float) -> None:
        self._variant = variant
        self._limit = limit
        self._shift_seconds = shift_seconds
        self._level = 1.0
        self._samples: deque[tuple[int, int]] = deque(maxlen=15)
        self._level_due = self.level_every_seconds
        self._sample_due = self._dial_due = self._drops_due = 0.0
        self._calls_today = self._answered_today = self._drops_today = 0
        self._seen_calls = 0

    def dialed(self, call: int, at_seconds: float) -> None:
        self._seen_calls += 1

    def decide(self, snapshot: Snapshot) -> int:
        now = snapshot.at_seconds
        if now >= self._sample_due:
            self._sample_due = now + self.sample_seconds
            self._samples.append((snapshot.agents_ready, snapshot.waiting))
        if now >= self._drops_due:
            self._drops_due = now + self.drops_every_seconds
            self._calls_today = self._seen_calls
            self._answered_today = snapshot.live_answered
            self._drops_today = snapshot.abandoned
        if now >= self._level_due:
            self._level_due = now + self.level_every_seconds
            self._adapt(snapshot)
        if now < self._dial_due:
            return 0
        self._dial_due = now + self.dial_every_seconds
        return self._wanted(snapshot)

    def _wanted(self, snapshot: Snapshot) -> int:
        in_progress = snapshot.in_flight
        if self._variant == "ready-only":
            return max(0, round(self._level * snapshot.agents_ready) - in_progress)
        counted = snapshot.agents_ready + snapshot.in_call_total
        in_progress += snapshot.in_call_total
        return max(0, round(self._level * counted) - in_progress)

    def _adapt(self, snapshot: Snapshot) -> None:
        ready = sum(each[0] for each in self._samples) / len(self._samples)
        waiting = sum(each[1] for each in self._samples) / len(self._samples)
        move = (ready - waiting) / max(snapshot.agents, 1)
        self._level = min(max(self._level * (1 + move), 1.0), self.max_level)
        if self._calls_today > 50 and self._drop_share() > self._limit:
            self._level = self._penalised(snapshot.at_seconds)

    def _drop_share(self) -> float:
        return self._drops_today / max(self._answered_today, 1)

    def _penalised(self, at_seconds: float) -> float:
        if self._variant == "average":
            return max(1.0, self._level / 2)
        if self._variant == "tapered":
            left = _hhmm(self._shift_seconds) - _hhmm(at_seconds)
            return max(1.0, self._level * min(1.0, left / 1000))
        return 1.0


def _hhmm(seconds: float) -> int:
    """The clock as VICIdial subtracts it: 12:30 is 1230. The shift begins at 00:00."""
    minutes = int(seconds // 60)
    return minutes // 60 * 100 + minutes % 60


class Issabel(Deaf):
    """Issabel's call centre module: free agents plus those about to be free."""

    interval_seconds = 5.0
    surely = 0.97

    def __init__(self, *, overcommit: bool) -> None:
        self._overcommit = overcommit
        self._dialed = self._answered = 0
        self._ring_seconds = _RunningMean(10.0)
        self._talk_seconds = _RunningMean(120.0)
        self._since: dict[int, float] = {}

    def dialed(self, call: int, at_seconds: float) -> None:
        self._dialed += 1
        self._since[call] = at_seconds

    def answered(self, call: int, at_seconds: float) -> None:
        self._answered += 1
        self._ring_seconds.add(at_seconds - self._since.pop(call, at_seconds))

    def ended(self, call: int, at_seconds: float) -> None:
        self._since.pop(call, None)

    def talk_ended(self, seconds: float) -> None:
        self._talk_seconds.add(seconds)

    def decide(self, snapshot: Snapshot) -> int:
        mean, ring = self._talk_seconds.value, self._ring_seconds.value
        soon = sum(
            1 - math.exp(-(elapsed + ring) / mean) >= self.surely
            for elapsed in snapshot.talking_seconds
        )
        pending = len(snapshot.ringing_seconds) + snapshot.detecting
        wanted = max(0, snapshot.agents_ready + soon - snapshot.waiting - pending)
        if not self._overcommit:
            return wanted
        return math.floor(wanted / max(self._answered / max(self._dialed, 1), 0.2))


class Wombat(Deaf):
    """Wombat Dialer: free agents × boost, stopped while more than `max_waiting` wait."""

    def __init__(self, boost: float, max_waiting: int = 2) -> None:
        self._boost, self._max_waiting = boost, max_waiting

    def decide(self, snapshot: Snapshot) -> int:
        if snapshot.waiting > self._max_waiting:
            return 0
        wanted = math.floor(snapshot.agents_ready * self._boost)
        return max(0, wanted - snapshot.in_flight)


class Webitel(Deaf):
    """Webitel: 1 ÷ human-connect rate of the last hour, corrected by abandonment's distance."""

    hour_seconds = 3600.0

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._hour: deque[tuple[float, bool]] = deque()
        self._people = 0

    def answered(self, call: int, at_seconds: float) -> None:
        self._hour.append((at_seconds, True))
        self._people += 1

    def ended(self, call: int, at_seconds: float) -> None:
        self._hour.append((at_seconds, False))

    def decide(self, snapshot: Snapshot) -> int:
        while self._hour and self._hour[0][0] < snapshot.at_seconds - self.hour_seconds:
            self._people -= self._hour.popleft()[1]
        connect_rate = self._people / len(self._hour) if len(self._hour) > 20 else 1.0
        over = 1 / max(connect_rate, 0.05)
        share = snapshot.abandoned / max(snapshot.live_answered, 1)
        if share > 0:
            distance = (self._limit - share) / self._limit if self._limit else -1.0
            over = max(1.0, over * (1 + distance))
        return max(0, math.floor(snapshot.agents_ready * over) - snapshot.in_flight)


class _RunningMean:
    """Mean of the last observations, slowly forgetting; starts from a guess."""

    def __init__(self, guess: float) -> None:
        self.value, self._count = guess, 1

    def add(self, observed: float) -> None:
        self._count = min(self._count + 1, 500)
        self.value += (observed - self.value) / self._count


MOST_LINES_PER_AGENT = 100

Maker = Callable[[Scenario], Deaf]

POLICIES: dict[str, Maker] = {
    "predictive": lambda s: Predictive(s.abandon_limit, s.patience_seconds),
    "progressive": lambda s: Progressive(),
    "vicidial-hard-limit": lambda s: Vicidial("hard-limit", s.abandon_limit, s.shift_seconds),
    "vicidial-average": lambda s: Vicidial("average", s.abandon_limit, s.shift_seconds),
    "vicidial-tapered": lambda s: Vicidial("tapered", s.abandon_limit, s.shift_seconds),
    "vicidial-ready-only": lambda s: Vicidial("ready-only", s.abandon_limit, s.shift_seconds),
    "issabel": lambda s: Issabel(overcommit=False),
    "issabel-overcommit": lambda s: Issabel(overcommit=True),
    "webitel": lambda s: Webitel(s.abandon_limit),
}
WITH_NUMBER: dict[str, Callable[[float], Deaf]] = {"ratio": Ratio, "wombat": Wombat}


def policy(name: str, scenario: Scenario) -> Deaf:
    """A fresh policy called `name` (`ratio:X`, `wombat:X` take a number). Raises InvalidInput."""
    if name in POLICIES:
        return POLICIES[name](scenario)
    kind, colon, text = name.partition(":")
    if colon and kind in WITH_NUMBER:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if 0 < value <= MOST_LINES_PER_AGENT:
            return WITH_NUMBER[kind](value)
    known = ", ".join([*POLICIES, *(f"{each}:X" for each in WITH_NUMBER)])
    raise InvalidInput(
        f"{name!r} is not a policy; choose one of {known} (X up to {MOST_LINES_PER_AGENT})"
    )
