"""What really happened in one call, as the phones saw it. Instants are epoch seconds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.truth.scripts import Script, Stage


@dataclass
class TrueVisit:
    queue: str
    entered: float
    left: float = 0.0
    outcome: str = "waiting"
    agent: str = ""

    @property
    def wait(self) -> float:
        return self.left - self.entered


@dataclass
class TrueTalk:
    agent: str
    phone: str
    queue: str
    started: float
    ended: float = 0.0
    held: float = 0.0

    @property
    def talk(self) -> float:
        return self.ended - self.started - self.held


@dataclass
class TrueRing:
    """`ended`: picked up, or no more to be picked up."""

    agent: str
    at: float
    of_queue: bool
    ended: float = 0.0


@dataclass
class TrueCall:
    script: Script
    began: float = 0.0
    ended: float = 0.0
    ended_by: str = ""
    outcome: str = ""
    visits: list[TrueVisit] = field(default_factory=list)
    talks: list[TrueTalk] = field(default_factory=list)
    rings: list[TrueRing] = field(default_factory=list)
    problem: str = ""  # why the script could not be played to its end
    entered_once: threading.Event = field(default_factory=threading.Event)
    caller_may_hang_up: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stage: int = 0
    _ignored: int = 0

    @property
    def queue(self) -> str:
        return self.visits[-1].queue if self.visits else ""

    def enters(self, queue: str, at: float) -> None:
        with self._lock:
            self.visits.append(TrueVisit(queue, at))
        self.entered_once.set()

    def leaves(self, outcome: str, at: float, agent: str = "") -> None:
        with self._lock:
            visit = self.visits[-1]
            visit.left, visit.outcome, visit.agent = max(at, visit.entered), outcome, agent

    @property
    def waiting_in(self) -> str:
        with self._lock:
            waits = self.visits and self.visits[-1].outcome == "waiting"
            return self.visits[-1].queue if waits else ""

    def stage_to_come(self) -> Stage | None:
        with self._lock:
            return (
                self.script.stages[self._stage] if self._stage < len(self.script.stages) else None
            )

    def stage_begins(self) -> None:
        with self._lock:
            self._stage += 1

    def is_to_be_ignored(self) -> bool:
        """Whether the phone that begins to ring now is one of those nobody picks up."""
        with self._lock:
            self._ignored += 1
            return self._ignored <= self.script.ignored

    def over(self, outcome: str, ended_by: str, at: float) -> None:
        self.outcome, self.ended_by, self.ended = outcome, ended_by, at
