"""`/floor` and the commands its buttons send."""

from __future__ import annotations

import json

from flask import Blueprint, render_template

from callcenter.control.protocol import Message
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.reports.places import place_names
from web.access import requires, sight
from web.commanding import (
    agent_number,
    asked,
    call_id,
    command,
    mode_asked,
    phone_asked,
    reason_asked,
)
from web.live.floor import sees_call
from web.live.shown import shown_agents, shown_calls, shown_queues
from web.live.views import floor_scope
from web.services import services

blueprint = Blueprint("supervisor", __name__, template_folder="templates")

RING_SECONDS = 30.0  # the controller answers once the supervisor's phone has been picked up


@blueprint.get("/floor")
@requires("supervisor")
def page() -> str:
    floor = services().live.snapshot(floor_scope())
    with services().sessions() as database:
        site = load_site(database)
    places = place_names(site)
    return render_template(
        "supervisor/floor.html",
        floor=floor,
        now=floor["now"],
        calls=shown_calls(floor, places),
        places=json.dumps(places),
        agents=shown_agents(floor),
        queues=shown_queues(floor),
        phones=site.phones,
        pause_reasons=site.pause_reasons,
    )


@blueprint.post("/api/spy")
@requires("supervisor")
def spy() -> Message:
    """Rings the supervisor's phone, then lets it hear the call: `{call, phone, mode}` → `{spy}`."""
    call, phone, mode = _own_call(call_id(asked("call"))), phone_asked(), mode_asked()
    arguments = {"call": call, "supervisor_phone": phone, "mode": mode}
    return command(
        "spy",
        arguments,
        action=mode,
        subject=f"call {call}",
        detail=f"phone {phone}",
        deadline_seconds=RING_SECONDS,
    )


@blueprint.post("/api/spy/<spy>/switch")
@requires("supervisor")
def switch_spy(spy: str) -> Message:
    mode, call = mode_asked(), asked("call")
    arguments = {"spy": _own_spy(call_id(spy)), "mode": mode}
    return command("switch_spy", arguments, action=mode, subject=f"call {call}", detail="switched")


@blueprint.post("/api/spy/<spy>/stop")
@requires("supervisor")
def stop_spy(spy: str) -> Message:
    arguments = {"spy": _own_spy(call_id(spy))}
    call = asked("call")
    return command("stop_spy", arguments, action="stop_spy", subject=f"call {call}", detail="")


@blueprint.post("/api/calls/<call>/hang-up")
@requires("supervisor")
def hang_up(call: str) -> Message:
    arguments = {"call": _own_call(call_id(call))}
    return command("hang_up", arguments, action="hang_up", subject=f"call {call}", detail="")


@blueprint.post("/api/agents/<number>/pause")
@requires("supervisor")
def pause(number: str) -> Message:
    reason = reason_asked()
    arguments = {"agent": _own_agent(agent_number(number)), "reason": reason}
    return command(
        "pause", arguments, action="pause_agent", subject=f"agent {number}", detail=reason
    )


@blueprint.post("/api/agents/<number>/unpause")
@requires("supervisor")
def unpause(number: str) -> Message:
    arguments = {"agent": _own_agent(agent_number(number))}
    return command(
        "unpause", arguments, action="unpause_agent", subject=f"agent {number}", detail=""
    )


@blueprint.post("/api/agents/<number>/sign-out")
@requires("supervisor")
def sign_out(number: str) -> Message:
    arguments = {"agent": _own_agent(agent_number(number))}
    return command(
        "sign_out", arguments, action="sign_out_agent", subject=f"agent {number}", detail=""
    )


def _own_call(call: str) -> str:
    """A supervisor of teams commands only the calls seen on the floor. Raises NotFound, telling
    nothing."""
    if not sight().limited:
        return call
    floor = services().live.snapshot(floor_scope())
    if not sees_call(floor, floor_scope(), call):
        raise NotFound("there is no such call on your floor; it may have ended")
    return call


def _own_spy(spy: str) -> str:
    if not sight().limited:
        return spy
    calls = services().live.snapshot(floor_scope())["calls"].values()
    if not any(each["spy"] == spy for call in calls for each in call.get("spies", ())):
        raise NotFound("nobody listens in so on your floor; the call may have ended")
    return spy


def _own_agent(number: str) -> str:
    if not sight().of_agent(number):
        raise NotFound("there is no such agent on your floor")
    return number
