"""What a pacing decision looks at, and what it answers. Seconds everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One campaign at one instant."""

    at_seconds: float
    agents_ready: int
    talking_seconds: Sequence[float]  # how long each talking agent has talked
    wrap_up_seconds: Sequence[float]  # how long each agent in wrap-up has been there
    ringing_seconds: Sequence[float]  # age of each placed call nobody has answered yet
    detecting: int  # answered, machine detection still listening
    waiting: int  # people who answered and have no agent yet
    free_lines: int
    live_answered: int  # in the rule's window, or today where that leaves less
    abandoned: int  # of them
    in_call_total: int = 0  # calls connected to an agent
    saved: float = 0.0  # abandoned calls that may be spent besides, left over from before

    @property
    def agents(self) -> int:
        return self.agents_ready + len(self.talking_seconds) + len(self.wrap_up_seconds)

    @property
    def in_flight(self) -> int:
        """Placed calls that may still need an agent who is not theirs yet."""
        return len(self.ringing_seconds) + self.detecting + self.waiting


@dataclass(frozen=True, slots=True)
class Decision:
    """How many calls to place now, and why, for the campaign board."""

    dial: int
    reason: str
    no_agent_probability: float = 0.0  # for the last call placed, or the first one refused
    threshold: float = 0.0
