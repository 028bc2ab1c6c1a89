"""Whom a campaign can count on, from the live floor's messages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.pbx.originate import is_attempt

BUSY_STATES = ("talking", "hold", "busy", "ringing")


@dataclass(frozen=True)
class Staffing:
    """Agents signed in to the campaign's queue who are or will be free for it."""

    ready: int
    talking_seconds: tuple[float, ...]
    wrap_up_seconds: tuple[float, ...]
    callers_ahead: int  # who called us and whom these agents have to serve first

    @property
    def agents(self) -> int:
        return self.ready + len(self.talking_seconds) + len(self.wrap_up_seconds)


def staffing(
    queue: str,
    agents: Mapping[str, Mapping[str, Any]],
    callers: Mapping[str, int],
    weights: Mapping[str, int],
    now: float,
) -> Staffing:
    """`agents`: as on the control socket; `callers`: of `callers_waiting`; `weights`: of the site's
    queues."""
    members = [
        agent
        for agent in agents.values()
        if queue in agent["queues"] and not agent.get("pausing")  # they come for no new call
    ]
    shared = shared_queues(queue, members, weights)
    return Staffing(
        ready=sum(agent["state"] == "ready" for agent in members),
        talking_seconds=_ages(members, BUSY_STATES, now),
        wrap_up_seconds=_ages(members, ("wrap_up",), now),
        callers_ahead=_callers_ahead(shared, queue, members, callers),
    )


def callers_waiting(
    calls: Mapping[str, Mapping[str, Any]], agents: Mapping[str, Mapping[str, Any]]
) -> Counter[str]:
    """Queue → callers who need an agent that is not theirs yet: none is rung, or the agent's phone
    was asked to ring and does not yet. Whom campaigns called is counted by the campaigns."""
    found: Counter[str] = Counter()
    for call, shown in calls.items():
        rung = (agents.get(agent, {}).get("state", "ready") for agent in shown["rings"])
        if shown["state"] == "waiting" and all(state == "ready" for state in rung):
            found[shown["queue"]] += not is_attempt(call)
    return found


def _callers_ahead(
    shared: set[str], queue: str, members: list[Mapping[str, Any]], callers: Mapping[str, int]
) -> int:
    """At most as many as the agents they could take from us. Callers of the campaign's own queue
    came before whom it calls now."""
    elsewhere = sum(callers.get(name, 0) for name in shared)
    could = sum(bool(shared & set(agent["queues"])) for agent in members)
    return min(callers.get(queue, 0) + min(elsewhere, could), len(members))


def inbound_per_second(
    queue: str,
    agents: Mapping[str, Mapping[str, Any]],
    weights: Mapping[str, int],
    arrivals: Mapping[str, float],
) -> float:
    """Callers a second who will take one of the campaign's agents: those of its own queue, and of
    each shared one in the share that these agents are of it. `arrivals`: callers a second, by
    queue, without those whom campaigns called."""
    members = [agent for agent in agents.values() if queue in agent["queues"]]
    found = 0.0
    for name in (shared_queues(queue, members, weights) | {queue}) & arrivals.keys():
        of_queue = sum(name in agent["queues"] for agent in agents.values())
        ours = sum(name in agent["queues"] for agent in members)
        found += arrivals[name] * ours / max(1, of_queue)
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
    """How many callers a second queues bring, from how many have come so far."""

    window_seconds = 900.0

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[float, int]]] = {}

    def note(self, queue: str, so_far: int, now: float) -> None:
        seen = self._seen.setdefault(queue, [])
        if not seen or so_far > seen[-1][1] or now - seen[-1][0] >= 10:
            seen.append((now, so_far))
        while len(seen) > 2 and seen[1][0] < now - self.window_seconds:
            seen.pop(0)

    def per_second(self, queue: str, now: float) -> float:
        seen = self._seen.get(queue, [])
        if len(seen) < 2 or now - seen[0][0] < 30:
            return 0.0
        return (seen[-1][1] - seen[0][1]) / (now - seen[0][0])
