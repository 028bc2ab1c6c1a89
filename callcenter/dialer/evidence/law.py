"""What one dialed call counts as under the abandonment rule, and the limit's arithmetic. Pure.

By the call's own times, not by what the dialer called its outcome: a person connected later than
the patience after the greeting counts as abandoned here although somebody was on in the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any, Literal

from callcenter.domain.campaign import BY_HAND

Counts = Literal[
    "not-answered", "machine", "by-hand", "message", "up",
    "in-time", "late", "abandoned", "hung-up",
]  # fmt: skip
MESSAGES = ("broadcast", "survey")  # no agent is promised
MACHINES = ("machine", "machine-message")
NOT_IN_QUESTION = (*BY_HAND, *MESSAGES)
IN_QUESTION: tuple[Counts, ...] = ("in-time", "late", "abandoned")
ABANDONED: tuple[Counts, ...] = ("late", "abandoned")
EXACT = 1e-9  # 3 of 100 is within 0.03, though 0.03 × 100 need not be 3 to a computer


@dataclass(frozen=True)
class Times:
    """Of one call, in whole milliseconds since the epoch; None where it did not happen."""

    answered: int | None
    greeting_end: int | None
    agent_on: int | None
    message: int | None
    ended: int | None


def times_in_seconds(*instants: float | None) -> Times:
    """In the order of `Times`, epoch seconds."""
    return Times(*(None if each is None else round(each * 1000) for each in instants))


def counts_as(
    mode: str, verdict: str, outcome: str, times: Times, patience_milliseconds: int
) -> Counts:
    """Of a call that was placed."""
    if times.answered is None:
        return "not-answered" if outcome else "up"
    if verdict == "machine" or outcome in MACHINES:
        return "machine"
    if mode in BY_HAND:
        return "by-hand"
    if mode in MESSAGES:
        return "message"
    greeted = times.answered if times.greeting_end is None else times.greeting_end
    if times.agent_on is not None:
        return "in-time" if times.agent_on - greeted <= patience_milliseconds else "late"
    if times.message is not None or outcome == "abandoned":
        return "abandoned"
    if times.ended is None:
        return "up"
    return "hung-up" if times.ended - greeted < patience_milliseconds else "abandoned"


@dataclass
class Sums:
    """Counts of one day, or of everything."""

    calls: int = 0
    answered_by_people: int = 0  # who were to get an agent: the rule's denominator
    abandoned: int = 0  # late ones included
    by: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        self.calls += 1
        self.by[counts] = self.by.get(counts, 0) + 1
        self.answered_by_people += counts in IN_QUESTION
        self.abandoned += counts in ABANDONED


@dataclass(frozen=True)
class Window:
    """Consecutive local days, and what they came to."""

    first: date
    last: date
    answered_by_people: int
    abandoned: int

    @property
    def share(self) -> float:
        people = self.answered_by_people
        return self.abandoned / people if people else 0.0


@dataclass
class Arithmetic:
    """The limit's own: abandoned ÷ answered by people, in every window of `window_days` days that
    lies within `first` and `last` (all of it where it is shorter), and by local day of dialing."""

    limit: float
    window_days: int
    first: date
    last: date
    all: Sums = field(default_factory=Sums)
    days: dict[str, Sums] = field(default_factory=dict)

    def add(self, day: str, counts: Counts) -> None:
        self.all.add(counts)
        self.days.setdefault(day, Sums()).add(counts)

    @property
    def share(self) -> float | None:
        people = self.all.answered_by_people
        return round(self.all.abandoned / people, 6) if people else None

    def worst(self) -> Window:
        """The window with the highest share; of equal ones the first."""
        return max(self._windows(), key=lambda each: (each.share, -each.first.toordinal()))

    def _windows(self) -> Iterator[Window]:
        """Every one that holds other calls than its neighbours."""
        days = sorted(self.days)
        sums = [self.days[day] for day in days]
        answered = [0, *accumulate(each.answered_by_people for each in sums)]
        abandoned = [0, *accumulate(each.abandoned for each in sums)]
        numbers = [date.fromisoformat(day).toordinal() for day in days]
        low, length = self.first.toordinal(), self.window_days
        high = max(low, self.last.toordinal() - length + 1)
        wanted = {low, *(n - length + 1 for n in numbers), *(n + 1 for n in numbers)}
        for start in sorted(each for each in wanted if low <= each <= high):
            end = min(start + length - 1, max(low, self.last.toordinal()))
            left, right = bisect_left(numbers, start), bisect_left(numbers, end + 1)
            yield Window(
                date.fromordinal(start), date.fromordinal(end),
                answered[right] - answered[left], abandoned[right] - abandoned[left],
            )  # fmt: skip

    def as_document(self) -> dict[str, Any]:
        """Everything a reader needs to do the sum again."""
        worst = self.worst()
        return {
            **asdict(self.all),
            "limit": self.limit,
            "share": self.share,
            "allowed": round(self.limit * self.all.answered_by_people, 6),
            "worst_window": {
                "first": worst.first.isoformat(),
                "last": worst.last.isoformat(),
                "answered_by_people": worst.answered_by_people,
                "abandoned": worst.abandoned,
                "share": round(worst.share, 6) if worst.answered_by_people else None,
            },
            "kept": worst.abandoned <= self.limit * worst.answered_by_people + EXACT,
            "days": {day: asdict(sums) for day, sums in sorted(self.days.items())},
        }
