"""What each event changes on the floor. The table at the foot is the map.

`apply` never raises on duplicate, late or reordered events: each handler writes facts that can be
written twice, and ignores what it cannot place. What stays wrong until then is put right at the
next rebuild.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.call import Call, Leg
from callcenter.domain.floor import Floor
from callcenter.domain.queue import Visit


def apply(floor: Floor, event: e.Event) -> None:
    if event.at >= floor.day_ends_at:
        floor.begin_day(event.at)
    HANDLERS[event.__class__](floor, event)


def start_leg(floor: Floor, event: e.LegStarted) -> None:
    if event.leg in floor.legs or floor.has_ended(event.leg):
        return
    leg = Leg(
        event.leg, event.call, event.handle, event.line_kind, event.line, event.caller_number,
        event.caller_name, event.dialed, event.called, event.at,
    )  # fmt: skip
    floor.legs[leg.id] = leg
    floor.handles[leg.handle] = leg
    if leg.line_kind == "phone":
        floor.lines.setdefault(leg.line, {})[leg.id] = leg
    elif leg.line_kind == "trunk":
        floor.trunk_legs[leg.line] = floor.trunk_legs.get(leg.line, 0) + 1
        floor.changed_trunks.add(leg.line)
    _put_in_call(floor, leg, event.at)
    if leg.id in floor.expected_spies:
        mode, target = floor.expected_spies[leg.id]
        leg.spy_mode = mode
        _spy_on(floor, leg, target, event.at)
    floor.touch(leg, event.at)


def _put_in_call(floor: Floor, leg: Leg, at: float) -> None:
    call = floor.calls.get(leg.call)
    if call is None:
        call = floor.calls[leg.call] = Call(
            leg.call, at, {}, leg.caller_number, leg.caller_name, leg.dialed
        )
    call.legs[leg.id] = leg


def _move_to_call(floor: Floor, leg: Leg, call: str, at: float) -> None:
    """A transfer merged two calls: the leg is in the other one now."""
    floor.touch(leg, at)
    floor.take_from_call(leg)
    leg.call = call
    _put_in_call(floor, leg, at)


def ring_leg(floor: Floor, event: e.LegRang) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None:
        leg.ringing = True
        floor.touch(leg, event.at)


def answer_leg(floor: Floor, event: e.LegAnswered) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None:
        leg.answered = True
        floor.touch(leg, event.at)
        _touch_spied(floor, leg, event.at)


def end_leg(floor: Floor, event: e.LegEnded) -> None:
    leg = floor.legs.get(event.leg)
    if not floor.has_ended(event.leg):
        floor.remember_ended(event.leg)
    if leg is None:
        return
    bridge = leg.bridge
    _touch_spied(floor, leg, event.at)
    floor.touch(leg, event.at)
    floor.forget_leg(leg)
    _touch_bridge(floor, bridge, event.at)


def join_bridge(floor: Floor, event: e.LegJoinedBridge) -> None:
    leg = floor.legs.get(event.leg)
    if leg is None:
        return
    if event.call and event.call != leg.call:
        _move_to_call(floor, leg, event.call, event.at)
    if leg.bridge and leg.bridge != event.bridge:
        _leave(floor, leg, event.at)
    leg.bridge, leg.answered = event.bridge, True
    floor.bridges.setdefault(event.bridge, set()).add(leg.id)
    _touch_bridge(floor, event.bridge, event.at)


def leave_bridge(floor: Floor, event: e.LegLeftBridge) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None and leg.bridge == event.bridge:
        _leave(floor, leg, event.at)


def _leave(floor: Floor, leg: Leg, at: float) -> None:
    bridge, leg.bridge, leg.held = leg.bridge, "", False
    members = floor.bridges.get(bridge)
    if members is not None:
        members.discard(leg.id)
        if not members:
            del floor.bridges[bridge]
    floor.touch(leg, at)
    _touch_bridge(floor, bridge, at)


def _touch_bridge(floor: Floor, bridge: str, at: float) -> None:
    members = floor.bridges.get(bridge, ())
    for each in members:
        leg = floor.legs[each]
        floor.touch(leg, at)
        call = floor.calls.get(leg.call)
        if call is not None and not call.answered_at and len(members) > 1:
            call.answered_at = at


def begin_hold(floor: Floor, event: e.HoldBegan) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None:
        leg.held = True
        floor.touch(leg, event.at)


def end_hold(floor: Floor, event: e.HoldEnded) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None:
        leg.held = False
        floor.touch(leg, event.at)


def name_caller(floor: Floor, event: e.CallerNamed) -> None:
    leg = floor.legs.get(event.leg)
    call = floor.calls.get(leg.call) if leg is not None else None
    if leg is None or call is None or call.origin is not leg or leg.called:
        return
    call.caller_number = event.caller_number or call.caller_number
    call.caller_name = event.caller_name or call.caller_name
    floor.touch(leg, event.at)


def reach_step(floor: Floor, event: e.StepReached) -> None:
    leg = floor.legs.get(event.leg)
    call = floor.calls.get(leg.call) if leg is not None else None
    if leg is not None and call is not None:
        call.remember_step(event.kind, event.name, event.detail)
        floor.touch(leg, event.at)


def give_priority(floor: Floor, event: e.PriorityGiven) -> None:
    leg = floor.legs.get(event.leg)
    call = floor.calls.get(leg.call) if leg is not None else None
    if leg is not None and call is not None:
        call.priority = event.priority
        floor.touch(leg, event.at)


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


def finish_call(floor: Floor, event: e.AgentFinished) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None or not agent.queues:
        return
    # The same event twice sets the same end: it carries the same time.
    agent.wrap_up_until = max(
        agent.wrap_up_until, event.at + floor.queue(event.queue).wrap_up_seconds
    )
    floor.changed_agents[event.agent] = event.at


def sign_in(floor: Floor, event: e.AgentSignedIn) -> None:
    agent = floor.agent(event.agent)
    if agent.phone != event.phone:
        floor.agent_of_phone.pop(agent.phone, None)
        agent.phone = event.phone
    floor.agent_of_phone[event.phone] = agent.number
    agent.queues[event.queue] = None
    pause(floor, e.AgentPaused(event.at, event.agent, event.queue, event.paused, event.reason))
    floor.changed_queues.add(event.queue)
    for leg in floor.lines.get(event.phone, {}).values():
        floor.touch(leg, event.at)


def sign_out(floor: Floor, event: e.AgentSignedOut) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None:
        return
    agent.queues.pop(event.queue, None)
    agent.pauses.pop(event.queue, None)
    floor.changed_queues.add(event.queue)
    floor.changed_agents[event.agent] = event.at
    if not agent.queues:
        floor.agent_of_phone.pop(agent.phone, None)
        agent.phone, agent.wrap_up_until = "", 0.0


def pause(floor: Floor, event: e.AgentPaused) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None or event.queue not in agent.queues:
        return
    if event.paused:
        agent.pauses[event.queue] = event.reason
    else:
        agent.pauses.pop(event.queue, None)
    floor.changed_agents[event.agent] = event.at


def change_line(floor: Floor, event: e.LineStateChanged) -> None:
    place = (event.line_kind, event.line)
    if floor.line_states.get(place) == event.state:
        return
    floor.line_states[place] = event.state
    if event.line_kind == "trunk":
        if event.line in floor.plan.trunks:
            floor.changed_trunks.add(event.line)
    elif (agent := floor.agent_of_phone.get(event.line)) is not None:
        floor.changed_agents[agent] = event.at


def begin_spying(floor: Floor, event: e.SpyBegan) -> None:
    spy, spied = floor.handles.get(event.spy_handle), floor.handles.get(event.spied_handle)
    if spy is not None and spied is not None:
        _spy_on(floor, spy, spied.id, event.at)
        floor.touch(spy, event.at)


def _spy_on(floor: Floor, spy: Leg, spied: str, at: float) -> None:
    """Until the spying leg ends; a change of mode is no end."""
    spy.spying, spy.spies_on = True, spied
    floor.spies[spy.id] = spy
    _touch_spied(floor, spy, at)


def _touch_spied(floor: Floor, spy: Leg, at: float) -> None:
    spied = floor.legs.get(spy.spies_on)
    if spied is not None:
        floor.touch(spied, at)


def choose_spy_mode(floor: Floor, event: e.SpyModeChosen) -> None:
    spy = floor.legs.get(event.leg)
    if spy is not None:
        spy.spy_mode = event.mode
        _touch_spied(floor, spy, event.at)


def pass_time(floor: Floor, event: e.TimePassed) -> None:
    for agent in floor.agents.values():
        if agent.wrap_up_until and agent.wrap_up_until <= event.at:
            floor.changed_agents[agent.number] = agent.wrap_up_until
            agent.wrap_up_until = 0.0


HANDLERS: dict[type[e.Event], Callable[[Floor, Any], None]] = {
    e.LegStarted: start_leg,
    e.LegRang: ring_leg,
    e.LegAnswered: answer_leg,
    e.LegEnded: end_leg,
    e.LegJoinedBridge: join_bridge,
    e.LegLeftBridge: leave_bridge,
    e.HoldBegan: begin_hold,
    e.HoldEnded: end_hold,
    e.CallerNamed: name_caller,
    e.StepReached: reach_step,
    e.PriorityGiven: give_priority,
    e.CallerJoinedQueue: join_queue,
    e.CallerLeftQueue: leave_queue,
    e.CallerAbandoned: abandon_queue,
    e.AgentAnswered: answer_caller,
    e.AgentFinished: finish_call,
    e.AgentSignedIn: sign_in,
    e.AgentSignedOut: sign_out,
    e.AgentPaused: pause,
    e.LineStateChanged: change_line,
    e.SpyBegan: begin_spying,
    e.SpyModeChosen: choose_spy_mode,
    e.TimePassed: pass_time,
}
