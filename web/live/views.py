"""`/wallboard`, and `/live/stream` that keeps every live page moving."""

from __future__ import annotations

import time
from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request

from callcenter.domain.sight import EVERYTHING, Sight
from web.access import current_user, may, requires, sight
from web.live.floor import Scope, frame
from web.live.hub import Listener, LiveHub
from web.live.shown import shown_queues, signed_in_agents
from web.services import services

blueprint = Blueprint("live", __name__, template_folder="templates")

BEAT_SECONDS = 5.0  # pages call themselves stale after three missed beats
STREAM_SECONDS = 15 * 60  # then the browser reconnects, and its session is looked at again
SEND_TIMEOUT_SECONDS = 10.0


@blueprint.get("/wallboard")
@requires("agent")
def wallboard() -> str:
    floor = services().live.snapshot(board_scope())
    agents, opens = signed_in_agents(floor), may(current_user(), "supervisor")
    return render_template(
        "live/wallboard.html",
        floor=floor,
        now=floor["now"],
        queues=shown_queues(floor, opens),
        opens=opens,
        agents=agents,
        signed_out=len(floor["agents"]) - len(agents),
    )


@blueprint.get("/live/snapshot")
@requires("agent")
def snapshot() -> dict[str, object]:
    return services().live.snapshot(_scope())


@blueprint.get("/live/stream")
@requires("agent")
def stream() -> Response:
    hub = services().live
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        # A browser that stopped reading must not hold its thread for ever.
        connection.settimeout(SEND_TIMEOUT_SECONDS)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    frames = _frames(hub, hub.listen(_scope()))
    return Response(frames, mimetype="text/event-stream", headers=headers)


def board_scope() -> Scope:
    """Everybody's wallboard; that of a supervisor of teams shows their agents and queues."""
    return Scope("none", sight=sight() if may(current_user(), "supervisor") else EVERYTHING)


def floor_scope() -> Scope:
    """A supervisor's calls, agents and queues; an agent's own calls."""
    user = current_user()
    if may(user, "supervisor"):
        return Scope("all", sight=sight())
    return Scope("own", user.agent, Sight(numbers=sight().numbers))


def _scope() -> Scope:
    return board_scope() if request.args.get("only") == "board" else floor_scope()


def _frames(hub: LiveHub, listener: Listener) -> Iterator[bytes]:
    until = time.monotonic() + STREAM_SECONDS
    try:
        yield b"retry: 1000\n\n"
        while time.monotonic() < until:
            waiting = listener.take(BEAT_SECONDS)
            if not waiting:
                yield frame("beat", {"now": time.time()})
                continue
            yield b"".join(each for each in waiting if each is not None)
            if None in waiting:
                return
    finally:
        hub.leave(listener)
