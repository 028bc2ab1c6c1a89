"""Which sums a change of the books touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.periods import QUARTER_SECONDS, day_start, local_day
from callcenter.ledger.rollups.loads import quarters_of_wait

Spans = dict[str, list[tuple[float, float]]]
Quarters = dict[str, set[float]]  # key → starts of quarters of an hour


@dataclass
class Touched:
    """What changed, by the key of the sums it is part of. Rows as before and as after.

    Talks that no queue or no agent was part of have no sums, but for their transfers.
    """

    queues: Quarters = field(default_factory=lambda: defaultdict(set))
    talkers: Quarters = field(default_factory=lambda: defaultdict(set))
    states: Spans = field(default_factory=lambda: defaultdict(list))
    dids: Quarters = field(default_factory=lambda: defaultdict(set))
    givers: Quarters = field(default_factory=lambda: defaultdict(set))  # of transfers
    offered: Quarters = field(default_factory=lambda: defaultdict(set))  # agents whose phone rang
    trunks: Spans = field(default_factory=lambda: defaultdict(list))
    loads: Quarters = field(default_factory=lambda: defaultdict(set))  # queues
    wrapped: Quarters = field(default_factory=lambda: defaultdict(set))  # agents
    callers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def call(self, caller_number: str, dialed: str, started_at: float) -> None:
        if caller_number:
            self.callers[caller_number].append(started_at)
        self.dids[dialed].add(quarter_of(started_at))

    def visit(
        self, queue: str, entered_at: float, wait_seconds: float = 0.0, caller_number: str = ""
    ) -> None:
        self.queues[queue].add(quarter_of(entered_at))
        waited = quarters_of_wait(entered_at, wait_seconds)
        self.loads[queue].update(number * QUARTER_SECONDS for number, _ in waited)
        if caller_number:
            self.callers[caller_number].append(entered_at)

    def wrap_up(self, queue: str, agent: str, started_at: float) -> None:
        self.loads[queue].add(quarter_of(started_at))
        self.wrapped[agent].add(quarter_of(started_at))

    def talk(self, queue: str, agent: str, started_at: float) -> None:
        if queue:
            self.queues[queue].add(quarter_of(started_at))
        if agent:
            self.talkers[agent].add(quarter_of(started_at))

    def transfer(self, agent: str, started_at: float) -> None:
        self.givers[agent].add(quarter_of(started_at))

    def offer(self, agent: str, at: float) -> None:
        if agent:
            self.offered[agent].add(quarter_of(at))

    def trunk(self, trunk: str, started_at: float, ended_at: float | None) -> None:
        # One that is still up counts nowhere yet: only its start may have to be taken back.
        self.trunks[trunk].append((started_at, started_at if ended_at is None else ended_at))

    def interval(self, agent: str, started_at: float, ended_at: float | None) -> None:
        end = started_at if ended_at is None else ended_at
        self.states[agent].append((started_at, end))

    def after(self, frozen: float) -> Touched:
        """Without what lies before `frozen`: those sums stay as they are. Callers' years go on to
        be as the raw rows are."""
        if not frozen:
            return self
        free = Touched(callers=self.callers)
        for name in ("queues", "talkers", "loads", "wrapped", "dids", "givers", "offered"):
            for key, quarters in getattr(self, name).items():
                if kept := {at for at in quarters if at >= frozen}:
                    getattr(free, name)[key] = kept
        for name in ("states", "trunks"):
            for key, spans in getattr(self, name).items():
                getattr(free, name)[key] = [
                    (max(start, frozen), end) for start, end in spans if end >= frozen
                ]
        return free


def quarter_of(at: float) -> float:
    return at // QUARTER_SECONDS * QUARTER_SECONDS


def quarters_between(spans: Iterable[tuple[float, float]]) -> set[float]:
    found: set[float] = set()
    for start, end in spans:
        at = quarter_of(start)
        while at <= end:
            found.add(at)
            at += QUARTER_SECONDS
    return found


def ranges(quarters: Iterable[float]) -> list[tuple[float, float]]:
    """Quarters that follow each other as one [from, until)."""
    found: list[tuple[float, float]] = []
    for start in sorted(quarters):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], start + QUARTER_SECONDS)
        else:
            found.append((start, start + QUARTER_SECONDS))
    return found


def keys_by_day(
    touched: Mapping[str, Iterable[float]], zone: ZoneInfo
) -> list[tuple[tuple[float, float], list[str]]]:
    """[from, until) of each local day → the keys touched on it."""
    found: dict[date, set[str]] = defaultdict(set)
    for key, instants in touched.items():
        for at in instants:
            found[local_day(at, zone)].add(key)
    return [(day_bounds(day, zone), sorted(keys)) for day, keys in sorted(found.items())]


def days_between(spans: Iterable[tuple[float, float]], zone: ZoneInfo) -> list[tuple[float, float]]:
    """[from, until) of each local day that a span touches."""
    days: set[date] = set()
    for start, end in spans:
        day, last = local_day(start, zone), local_day(end, zone)
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    return [day_bounds(day, zone) for day in sorted(days)]


def day_bounds(day: date, zone: ZoneInfo) -> tuple[float, float]:
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)
