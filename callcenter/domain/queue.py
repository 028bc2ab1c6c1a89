"""A queue on the live floor: who waits, and today's counts from our own events."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from callcenter.domain.agent import Agent


@dataclass(slots=True)
class DayCounts:
    """One queue, one local day. `wait_seconds` is summed over answered calls."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    answered_within: int = 0
    wait_seconds: float = 0.0

    def at_least(self, other: DayCounts) -> DayCounts:
        """Field by field the greater: each side may have missed calls, neither invents any."""
        return DayCounts(
            **{f.name: max(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        )

    def service_level(self) -> float | None:
        """Answered within the time ÷ (offered − short abandons); None before the first call."""
        counted = self.offered - self.short_abandoned
        return self.answered_within / counted if counted > 0 else None


@dataclass(slots=True)
class Visit:
    """One caller's stay in a queue. Kept until the leg ends, so that a late answer still counts."""

    queue: str
    joined_at: float
    outcome: str = ""  # answered, abandoned; empty while waiting or left another way


@dataclass(slots=True)
class Queue:
    name: str
    title: str
    wrap_up_seconds: float = 0.0
    service_level_seconds: int = 20
    short_abandon_seconds: int = 5
    waiting: dict[str, float] = field(default_factory=dict)  # leg → joined at
    today: DayCounts = field(default_factory=DayCounts)

    def count_answer(self, wait_seconds: float) -> None:
        self.today.answered += 1
        self.today.wait_seconds += wait_seconds
        if wait_seconds <= self.service_level_seconds:
            self.today.answered_within += 1

    def count_abandon(self, wait_seconds: float) -> None:
        self.today.abandoned += 1
        if wait_seconds <= self.short_abandon_seconds:
            self.today.short_abandoned += 1

    def as_message(self, members: list[Agent]) -> dict[str, object]:
        states = [agent.state for agent in members]
        talking = sum(state in ("talking", "hold") for state in states)
        paused = sum(self.name in agent.pauses for agent in members)
        return {
            "name": self.name,
            "title": self.title,
            "waiting": len(self.waiting),
            "longest_wait_since": min(self.waiting.values(), default=None),
            "agents_signed_in": len(members),
            "agents_ready": sum(
                agent.state == "ready" and self.name not in agent.pauses for agent in members
            ),
            "agents_talking": talking,
            "agents_paused": paused,
            "offered_today": self.today.offered,
            "answered_today": self.today.answered,
            "abandoned_today": self.today.abandoned,
            "short_abandoned_today": self.today.short_abandoned,
            "answered_within_today": self.today.answered_within,
            "service_level": self.today.service_level(),
            "service_level_seconds": self.service_level_seconds,
            "wait_seconds_today": round(self.today.wait_seconds, 3),
        }
