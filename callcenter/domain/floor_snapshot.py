"""Begin again from the telephone system's own account of what is up now, and compare with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.domain import events as e
from callcenter.domain.floor import Floor
from callcenter.domain.floor_handlers import apply
from callcenter.domain.floor_legs import hold_on_line
from callcenter.domain.queue import Visit


@dataclass(frozen=True)
class LegNow:
    started: e.LegStarted  # `at` is when it began
    answered: bool
    ringing: bool
    bridge: str
    queue: str = ""  # in which it waits or was answered
    step: tuple[str, str, str] | None = None  # kind, name, detail of the last place it reached
    priority: int = 0
    hears_hold: bool = False  # somebody in its bridge has put it on hold
    spying: bool = False
    spies_on: str = ""  # handle
    spy_mode: e.SpyMode = "listen"


@dataclass(frozen=True)
class FloorSnapshot:
    at: float
    legs: tuple[LegNow, ...]
    members: tuple[e.AgentSignedIn, ...]
    waiting: tuple[e.CallerJoinedQueue, ...]  # `at` is when they joined
    lines: tuple[e.LineStateChanged, ...]


def rebuild(floor: Floor, now: FloorSnapshot) -> None:
    """The floor becomes what the snapshot says. What a snapshot cannot say (since when) is kept for
    legs that are still there."""
    _drop_ended_legs(floor, now)
    _drop_memberships(floor, now)
    for leg in now.legs:
        _put_leg(floor, leg, now.at)
    _put_spies(floor, now)
    _put_holds(floor, now)
    for member in now.members:
        apply(floor, member)
    _put_waiting(floor, now)
    for line in now.lines:
        apply(floor, line)
    floor.changed_calls |= dict.fromkeys(floor.calls, now.at)
    floor.changed_queues |= set(floor.queues)
    floor.changed_agents |= dict.fromkeys(floor.agents, now.at)
    floor.changed_trunks |= set(floor.plan.trunks)


def _drop_ended_legs(floor: Floor, now: FloorSnapshot) -> None:
    up = {leg.started.leg for leg in now.legs}
    for leg in [leg for leg in floor.legs.values() if leg.id not in up]:
        apply(floor, e.LegEnded(now.at, leg.id))


def _drop_memberships(floor: Floor, now: FloorSnapshot) -> None:
    here = {(member.agent, member.queue) for member in now.members}
    for agent in floor.agents.values():
        for queue in [queue for queue in agent.queues if (agent.number, queue) not in here]:
            apply(floor, e.AgentSignedOut(now.at, agent.number, queue))


def _put_leg(floor: Floor, now: LegNow, at: float) -> None:
    started = now.started
    apply(floor, started)
    leg = floor.legs.get(started.leg)
    if leg is None:  # ended while the snapshot was on its way
        return
    if started.line_kind == "line" != leg.line_kind:  # nobody was there to hear of it
        hold_on_line(floor, leg)
    leg.answered = now.answered
    leg.ringing = now.ringing
    if leg.call != started.call or (now.bridge and leg.bridge != now.bridge):
        apply(floor, e.LegJoinedBridge(at, leg.id, started.call, now.bridge))
    if leg.bridge and leg.bridge != now.bridge:
        apply(floor, e.LegLeftBridge(at, leg.id, leg.bridge))
    leg.answered = now.answered
    call = floor.calls[leg.call]
    if now.step is not None and not call.step:
        call.remember_step(*now.step)
    if now.queue and not call.queue:
        call.queue = now.queue
    call.priority = now.priority or call.priority
    leg.spying = leg.spying or now.spying


def _put_spies(floor: Floor, now: FloorSnapshot) -> None:
    """After every leg: the spied one may have come later in the list."""
    for leg_now in now.legs:
        leg = floor.legs.get(leg_now.started.leg)
        if leg is not None and leg_now.spies_on:
            leg.spy_mode = leg_now.spy_mode
            apply(floor, e.SpyBegan(now.at, leg.handle, leg_now.spies_on))


def _put_holds(floor: Floor, now: FloorSnapshot) -> None:
    """Of two in a bridge, who does not hear the hold music has pressed hold."""
    for leg_now in now.legs:
        leg = floor.legs.get(leg_now.started.leg)
        others = floor.bridges.get(leg_now.bridge, set()) - {leg_now.started.leg}
        if leg is None or len(others) != 1:
            continue
        other = floor.legs[others.pop()]
        if other.held != leg_now.hears_hold:
            other.held = leg_now.hears_hold
            floor.touch(other, now.at)


def _put_waiting(floor: Floor, now: FloorSnapshot) -> None:
    here = {(entry.leg, entry.queue) for entry in now.waiting}
    for queue in floor.queues.values():
        for leg in [leg for leg in queue.waiting if (leg, queue.name) not in here]:
            apply(floor, e.CallerLeftQueue(now.at, leg, queue.name))
    for entry in now.waiting:
        if entry.leg in floor.queue(entry.queue).waiting:
            continue
        apply(floor, entry)
        floor.visits.setdefault(entry.leg, Visit(entry.queue, entry.at))


def differences(floor: Floor, now: FloorSnapshot) -> list[str]:
    """Each way in which the floor is not what the snapshot says; empty when they agree."""
    return [*_leg_differences(floor, now), *_queue_differences(floor, now)]


def _leg_differences(floor: Floor, now: FloorSnapshot) -> Iterator[str]:
    theirs = {leg.started.leg: leg for leg in now.legs}
    for ghost in floor.legs.keys() - theirs.keys():
        yield f"leg {ghost} ({floor.legs[ghost].handle}) is on the floor only"
    for missing in theirs.keys() - floor.legs.keys():
        yield f"leg {missing} ({theirs[missing].started.handle}) is missing on the floor"
    for leg in floor.legs.values():
        their = theirs.get(leg.id)
        if their is None:
            continue
        if leg.call != their.started.call:
            yield f"leg {leg.id} is in call {leg.call}, there in {their.started.call}"
        if leg.bridge != their.bridge:
            yield f"leg {leg.id} is in bridge {leg.bridge!r}, there in {their.bridge!r}"
        if leg.answered != their.answered:
            yield f"leg {leg.id}: answered {leg.answered}, there {their.answered}"


def _queue_differences(floor: Floor, now: FloorSnapshot) -> Iterator[str]:
    ours = {
        (agent.number, queue, agent.phone, queue in agent.pauses)
        for agent in floor.agents.values()
        for queue in agent.queues
    }
    theirs = {(each.agent, each.queue, each.phone, each.paused) for each in now.members}
    for row in sorted(ours - theirs):
        yield f"agent, queue, phone, paused {row} is on the floor only"
    for row in sorted(theirs - ours):
        yield f"agent, queue, phone, paused {row} is missing on the floor"
    our_waiting = {(leg, queue.name) for queue in floor.queues.values() for leg in queue.waiting}
    their_waiting = {(entry.leg, entry.queue) for entry in now.waiting}
    for waiting in sorted(our_waiting ^ their_waiting):
        yield f"caller, queue {waiting} waits on one side only"
