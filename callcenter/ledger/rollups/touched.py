"""Which sums a change of the books touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.periods import QUARTER_SECONDS, day_start, local_day
from callcenter.ledger.rollups.loads import quarters_of_wait


@dataclass
class Touched:
    """Instants by queue and by agent; spans of agents' intervals. Rows as before and as after.

    Talks that no queue or no agent was part of have no sums.
    """

    queues: dict[str, set[float]] = field(default_factory=dict)  # starts of quarters
    talkers: dict[str, set[float]] = field(default_factory=dict)  # starts of quarters
    states: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    loads: dict[str, set[float]] = field(default_factory=dict)  # queue → starts of quarters
    wrapped: dict[str, set[float]] = field(default_factory=dict)  # agent → starts of quarters

    def visit(self, queue: str, entered_at: float, wait_seconds: float = 0.0) -> None:
        self.queues.setdefault(queue, set()).add(entered_at // QUARTER_SECONDS * QUARTER_SECONDS)
        waited = quarters_of_wait(entered_at, wait_seconds)
        self.loads.setdefault(queue, set()).update(n * QUARTER_SECONDS for n, _ in waited)

    def wrap_up(self, queue: str, agent: str, started_at: float) -> None:
        quarter = started_at // QUARTER_SECONDS * QUARTER_SECONDS
        self.loads.setdefault(queue, set()).add(quarter)
        self.wrapped.setdefault(agent, set()).add(quarter)

    def talk(self, queue: str, agent: str, started_at: float) -> None:
        quarter = started_at // QUARTER_SECONDS * QUARTER_SECONDS
        if queue:
            self.queues.setdefault(queue, set()).add(quarter)
        if agent:
            self.talkers.setdefault(agent, set()).add(quarter)

    def interval(self, agent: str, started_at: float, ended_at: float | None) -> None:
        # An open one counts nowhere yet: only its start may have to be taken back.
        end = started_at if ended_at is None else ended_at
        self.states.setdefault(agent, []).append((started_at, end))

    def after(self, frozen: float) -> Touched:
        """Without what lies before `frozen`: those sums stay as they are."""
        if not frozen:
            return self
        free = Touched()
        for name in ("queues", "talkers", "loads", "wrapped"):
            kept = {
                key: {at for at in quarters if at >= frozen}
                for key, quarters in getattr(self, name).items()
            }
            setattr(free, name, {key: quarters for key, quarters in kept.items() if quarters})
        for agent, spans in self.states.items():
            free.states[agent] = [
                (max(start, frozen), end) for start, end in spans if end >= frozen
            ]
        return free


def ranges(quarters: Iterable[float]) -> list[tuple[float, float]]:
    """Quarters that follow each other as one [from, until)."""
    found: list[tuple[float, float]] = []
    for start in sorted(quarters):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], start + QUARTER_SECONDS)
        else:
            found.append((start, start + QUARTER_SECONDS))
    return found


def days_of(instants: Iterable[float], zone: ZoneInfo) -> list[tuple[float, float]]:
    """[from, until) of each local day that an instant falls on."""
    return [_bounds(day, zone) for day in sorted({local_day(at, zone) for at in instants})]


def days_between(spans: Iterable[tuple[float, float]], zone: ZoneInfo) -> list[tuple[float, float]]:
    """[from, until) of each local day that a span touches."""
    days: set[date] = set()
    for start, end in spans:
        day, last = local_day(start, zone), local_day(end, zone)
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    return [_bounds(day, zone) for day in sorted(days)]


def _bounds(day: date, zone: ZoneInfo) -> tuple[float, float]:
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)
