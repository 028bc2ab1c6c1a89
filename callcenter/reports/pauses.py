"""Who paused why, how often and how long."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.reports.agent_states import state_times
from callcenter.reports.asked import Asked


@dataclass(frozen=True)
class PauseRow:
    agent: str
    reason: str
    times: int
    seconds: float
    longest_seconds: float


def run(session: Session, asked: Asked) -> list[PauseRow]:
    return [
        PauseRow(each.agent, each.reason or "none given", each.times, each.seconds,
                 each.longest_seconds)
        for each in state_times(session, asked, "paused")
    ]  # fmt: skip
