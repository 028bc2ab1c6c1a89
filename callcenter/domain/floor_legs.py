"""Legs and the calls they make: start, answer, bridge, hold, end, and what is known of a caller."""

from __future__ import annotations

from callcenter.domain import events as e
from callcenter.domain.call import Call, Leg
from callcenter.domain.floor import Floor
from callcenter.domain.floor_spies import spy_on, touch_spied
from callcenter.domain.open_line import on_line


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
        spy_on(floor, leg, target, event.at)
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
        touch_spied(floor, leg, event.at)


def end_leg(floor: Floor, event: e.LegEnded) -> None:
    leg = floor.legs.get(event.leg)
    if not floor.has_ended(event.leg):
        floor.remember_ended(event.leg)
    if leg is None:
        return
    bridge = leg.bridge
    touch_spied(floor, leg, event.at)
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
    _hold(floor, event, held=True)


def end_hold(floor: Floor, event: e.HoldEnded) -> None:
    _hold(floor, event, held=False)


def _hold(floor: Floor, event: e.HoldBegan | e.HoldEnded, *, held: bool) -> None:
    leg = floor.legs.get(event.leg)
    if leg is not None and leg.line_kind == "line":  # pressed at the phone of an open line
        near = (each for each in floor.lines.get(leg.line, {}).values() if on_line(each.handle))
        leg = next(near, None)
    if leg is not None:
        leg.held = held
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
        if (event.kind, event.detail) == ("agent", "open-line"):
            hold_on_line(floor, leg)


def hold_on_line(floor: Floor, leg: Leg) -> None:
    """The phone stays up from now on and is free: what it does is seen by its calls' legs."""
    floor.lines.get(leg.line, {}).pop(leg.id, None)
    leg.line_kind = "line"


def give_priority(floor: Floor, event: e.PriorityGiven) -> None:
    leg = floor.legs.get(event.leg)
    call = floor.calls.get(leg.call) if leg is not None else None
    if leg is not None and call is not None:
        call.priority = event.priority
        floor.touch(leg, event.at)
