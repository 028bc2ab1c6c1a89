"""Whom a campaign can count on, from the live floor's messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BUSY_STATES = ("talking", "hold", "busy", "ringing")


@dataclass(frozen=True)
class Staffing:
    """Agents signed in to the campaign's queue who are or will be free for it."""

    ready: int
    talking_seconds: tuple[float, ...]
    wrap_up_seconds: tuple[float, ...]
    callers_ahead: int  # callers of other queues whom these agents have to serve first

    @property
    def agents(self) -> int:
        return self.ready + len(self.talking_seconds) + len(self.wrap_up_seconds)


def staffing(
    queue: str,
    agents: Mapping[str, Mapping[str, Any]],
    queues: Mapping[str, Mapping[str, Any]],
    weights: Mapping[str, int],
    now: float,
) -> Staffing:
    """`agents`, `queues`: as on the control socket; `weights`: of the site's queues."""
    members = [agent for agent in agents.values() if queue in agent["queues"]]
    shared = shared_queues(queue, members, weights)
    return Staffing(
        ready=sum(agent["state"] == "ready" for agent in members),
        talking_seconds=_ages(members, BUSY_STATES, now),
        wrap_up_seconds=_ages(members, ("wrap_up",), now),
        callers_ahead=_callers_ahead(shared, members, agents, queues),
    )


def _callers_ahead(
    shared: set[str],
    members: list[Mapping[str, Any]],
    agents: Mapping[str, Mapping[str, Any]],
    queues: Mapping[str, Mapping[str, Any]],
) -> int:
    """Those for whom no phone rings yet; at most as many as the agents they could take from us."""
    ahead = 0
    for name in shared & queues.keys():
        ringing = sum(a["state"] == "ringing" and name in a["queues"] for a in agents.values())
        ahead += max(0, int(queues[name]["waiting"]) - ringing)
    return min(ahead, sum(bool(shared & set(agent["queues"])) for agent in members))


def inbound_per_second(
    queue: str,
    agents: Mapping[str, Mapping[str, Any]],
    weights: Mapping[str, int],
    arrivals: Mapping[str, float],
) -> float:
    """Callers a second who will take one of the campaign's agents: those of each shared queue, in
    the share that these agents are of it. `arrivals`: callers a second, by queue."""
    members = [agent for agent in agents.values() if queue in agent["queues"]]
    found = 0.0
    for name in shared_queues(queue, members, weights) & arrivals.keys():
        of_queue = sum(name in agent["queues"] for agent in agents.values())
        ours = sum(name in agent["queues"] for agent in members)
        found += arrivals[name] * ours / of_queue
    return found


def shared_queues(
    queue: str, members: Iterable[Mapping[str, Any]], weights: Mapping[str, int]
) -> set[str]:
    """Other queues of these agents whose callers come first or at the same time."""
    own = weights.get(queue, 0)
    others = {name for agent in members for name in agent["queues"] if name != queue}
    return {name for name in others if weights.get(name, 0) >= own}


def _ages(
    members: Iterable[Mapping[str, Any]], states: tuple[str, ...], now: float
) -> tuple[float, ...]:
    return tuple(
        max(0.0, now - float(agent["since"])) for agent in members if agent["state"] in states
    )


class Arrivals:
    """How many callers a second other queues bring, from their counts of the day."""

    window_seconds = 900.0

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[float, int]]] = {}

    def note(self, queue: str, offered_today: int, now: float) -> None:
        seen = self._seen.setdefault(queue, [])
        if seen and offered_today < seen[-1][1]:
            seen.clear()  # a new day
        if not seen or offered_today > seen[-1][1] or now - seen[-1][0] >= 10:
            seen.append((now, offered_today))
        while len(seen) > 2 and seen[1][0] < now - self.window_seconds:
            seen.pop(0)

    def per_second(self, queue: str, now: float) -> float:
        seen = self._seen.get(queue, [])
        if len(seen) < 2 or now - seen[0][0] < 30:
            return 0.0
        return (seen[-1][1] - seen[0][1]) / (now - seen[0][0])
