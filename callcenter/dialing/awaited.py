"""Which agents, of those who want to pause, a call on its way to them still needs. Pure.

A call placed before the agent asked needs them when fewer others are free than calls are on their
way. Nothing new is dialed for them meanwhile, so that ends by itself: at the latest when the calls'
ringing, machine detection and patience are over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.dialing.calls_up import CallUp
from callcenter.domain.campaign import Campaign

AFTER_CALL_ON_ITS_WAY = "after-call-on-its-way"  # `pausing` on the control socket
# Decided on before the agent asked, and placed a moment later.
DECIDED_SECONDS = 0.5
CONNECT_SECONDS = 3.0  # setting up, answering by itself


@dataclass(frozen=True)
class OnItsWay:
    queue: str
    placed_at: float
    over_by: float  # an agent is on by then, or none is needed any more


def on_its_way(campaign: Campaign, call: CallUp) -> OnItsWay:
    begins = max(call.placed_at, call.since) if call.queued else call.placed_at
    return OnItsWay(campaign.queue, call.placed_at, begins + _longest_seconds(campaign))


def being_placed(campaign: Campaign, now: float) -> OnItsWay:
    """Decided on for somebody who is free; the database is about to be done with it."""
    return OnItsWay(campaign.queue, now, now + _longest_seconds(campaign))


def _longest_seconds(campaign: Campaign) -> float:
    detection = campaign.detection.total_ms / 1000 if campaign.machine_detection else 0.0
    return campaign.ring_seconds + detection + campaign.patience_seconds + CONNECT_SECONDS


def awaited(
    asked: Mapping[str, float],
    agents: Mapping[str, Mapping[str, Any]],
    calls: Collection[OnItsWay],
    unshown: int = 0,
) -> dict[str, float]:
    """Agent → until when at the latest, of those in `asked` (agent → when). Who asked first is the
    first to go. `agents`: as on the control socket; `unshown` of them only look free."""
    found: dict[str, float] = {}
    gone: set[str] = set()
    for agent in sorted(asked.keys() & agents.keys(), key=lambda each: (asked[each], each)):
        before = [call for call in calls if call.placed_at <= asked[agent] + DECIDED_SECONDS]
        there = {number: agents[number] for number in agents.keys() - gone - {agent}}
        until = _needed_until(agents[agent]["queues"], there, before, unshown)
        if until:
            found[agent] = until
        else:
            gone.add(agent)
    return found


def _needed_until(
    queues: Collection[str],
    others: Mapping[str, Mapping[str, Any]],
    calls: Collection[OnItsWay],
    unshown: int,
) -> float:
    """0: the others are enough. Calls that may take the others of a queue count with its own."""
    until = 0.0
    for queue in {call.queue for call in calls} & set(queues):
        members = [shown for shown in others.values() if queue in shown["queues"]]
        reached = {name for shown in members for name in shown["queues"]} | {queue}
        rivals = [call for call in calls if call.queue in reached]
        free = sum(shown["state"] == "ready" for shown in members) - unshown
        if len(rivals) > max(0, free):
            until = max(until, *(call.over_by for call in rivals))
    return until
