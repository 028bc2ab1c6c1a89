"""Callers in queues, and what the day has counted of them."""

from __future__ import annotations

from callcenter.domain import events as e
from callcenter.domain.call import Leg
from callcenter.domain.floor import Floor
from callcenter.domain.queue import Visit


def join_queue(floor: Floor, event: e.CallerJoinedQueue) -> None:
    leg, queue = floor.legs.get(event.leg), floor.queue(event.queue)
    if leg is None or leg.id in queue.waiting:
        return
    queue.waiting[leg.id] = event.at
    queue.today.offered += 1
    floor.visits[leg.id] = Visit(event.queue, event.at)
    call = floor.calls[leg.call]
    call.queue, call.waiting_since = event.queue, event.at
    _touch_queue(floor, leg, event)


def leave_queue(floor: Floor, event: e.CallerLeftQueue) -> None:
    leg = floor.legs.get(event.leg)
    if floor.queue(event.queue).waiting.pop(event.leg, None) is None or leg is None:
        return
    call = floor.calls[leg.call]
    if call.waiting_since:
        call.waited_seconds += max(0.0, event.at - call.waiting_since)
    call.waiting_since = 0.0
    _touch_queue(floor, leg, event)


def abandon_queue(floor: Floor, event: e.CallerAbandoned) -> None:
    visit = floor.visits.get(event.leg)
    if visit is None or visit.outcome or visit.queue != event.queue:
        return
    visit.outcome = "abandoned"
    floor.queue(event.queue).count_abandon(event.at - visit.joined_at)
    floor.changed_queues.add(event.queue)


def _touch_queue(floor: Floor, leg: Leg, event: e.CallerJoinedQueue | e.CallerLeftQueue) -> None:
    floor.changed_queues.add(event.queue)
    floor.touch(leg, event.at)


def answer_caller(floor: Floor, event: e.AgentAnswered) -> None:
    visit = floor.visits.get(event.leg)
    if visit is None or visit.outcome or visit.queue != event.queue:
        return
    visit.outcome = "answered"
    floor.queue(event.queue).count_answer(max(0.0, event.at - visit.joined_at))
    agent = floor.agent(event.agent)
    agent.answered_today += 1
    floor.changed_agents[event.agent] = event.at
    leave_queue(floor, e.CallerLeftQueue(event.at, event.leg, event.queue))
    floor.changed_queues.add(event.queue)
