"""`/floor` and the commands its buttons send."""

from __future__ import annotations

from flask import Blueprint, render_template

from callcenter.control.protocol import Message
from callcenter.db.site_store import load_site
from web.access import requires
from web.commanding import (
    agent_number,
    asked,
    call_id,
    command,
    mode_asked,
    phone_asked,
    reason_asked,
)
from web.live.floor import FLOOR
from web.live.shown import shown_agents, shown_calls, shown_queues
from web.services import services

blueprint = Blueprint("supervisor", __name__, template_folder="templates")

RING_SECONDS = 30.0  # the controller answers once the supervisor's phone has been picked up


@blueprint.get("/floor")
@requires("supervisor")
def page() -> str:
    floor = services().live.snapshot(FLOOR)
    with services().sessions() as database:
        site = load_site(database)
    return render_template(
        "supervisor/floor.html",
        floor=floor,
        now=floor["now"],
        calls=shown_calls(floor),
        agents=shown_agents(floor),
        queues=shown_queues(floor),
        phones=site.phones,
        pause_reasons=site.pause_reasons,
    )


@blueprint.post("/api/spy")
@requires("supervisor")
def spy() -> Message:
    """Rings the supervisor's phone, then lets it hear the call: `{call, phone, mode}` → `{spy}`."""
    call, phone, mode = call_id(asked("call")), phone_asked(), mode_asked()
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
    arguments = {"spy": call_id(spy), "mode": mode}
    return command("switch_spy", arguments, action=mode, subject=f"call {call}", detail="switched")


@blueprint.post("/api/spy/<spy>/stop")
@requires("supervisor")
def stop_spy(spy: str) -> Message:
    arguments = {"spy": call_id(spy)}
    call = asked("call")
    return command("stop_spy", arguments, action="stop_spy", subject=f"call {call}", detail="")


@blueprint.post("/api/calls/<call>/hang-up")
@requires("supervisor")
def hang_up(call: str) -> Message:
    arguments = {"call": call_id(call)}
    return command("hang_up", arguments, action="hang_up", subject=f"call {call}", detail="")


@blueprint.post("/api/agents/<number>/pause")
@requires("supervisor")
def pause(number: str) -> Message:
    reason = reason_asked()
    arguments = {"agent": agent_number(number), "reason": reason}
    return command(
        "pause", arguments, action="pause_agent", subject=f"agent {number}", detail=reason
    )


@blueprint.post("/api/agents/<number>/unpause")
@requires("supervisor")
def unpause(number: str) -> Message:
    arguments = {"agent": agent_number(number)}
    return command(
        "unpause", arguments, action="unpause_agent", subject=f"agent {number}", detail=""
    )


@blueprint.post("/api/agents/<number>/sign-out")
@requires("supervisor")
def sign_out(number: str) -> Message:
    arguments = {"agent": agent_number(number)}
    return command(
        "sign_out", arguments, action="sign_out_agent", subject=f"agent {number}", detail=""
    )
