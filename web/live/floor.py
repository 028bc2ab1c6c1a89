"""The floor as the web keeps it, and the frames browsers get. Pure.

A floor is the controller's snapshot message; deltas are applied in place. What a person may see
is a scope: a supervisor sees all calls, an agent their own, a wallboard none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
KINDS = ("calls", "agents", "queues", "trunks")


@dataclass(frozen=True)
class Scope:
    """`calls`: "all", "own" (those of `agent`) or "none"."""

    calls: str
    agent: str = ""


BOARD = Scope("none")
FLOOR = Scope("all")


def empty_floor() -> Message:
    """Before the controller has been reached for the first time."""
    return {
        "version": 0,
        "at": 0.0,
        "pbx": {"connected": False, "since": None, "version": ""},
        **{kind: {} for kind in KINDS},
    }


def apply_delta(floor: Message, delta: Message) -> bool:
    """Brings `floor` up to date. False, and nothing changed, when a delta before it is missing."""
    if delta["version"] != floor["version"] + 1:
        return False
    for kind, changed in delta.get("set", {}).items():
        floor.setdefault(kind, {}).update(changed)
    for kind, ids in delta.get("remove", {}).items():
        for each in ids:
            floor.get(kind, {}).pop(each, None)
    floor["version"], floor["at"] = delta["version"], delta["at"]
    return True


def visible_floor(floor: Message, scope: Scope) -> Message:
    """The snapshot that this scope may see."""
    calls = _visible_calls(floor["calls"], scope)
    return {key: calls if key == "calls" else value for key, value in floor.items()}


def visible_delta(delta: Message, scope: Scope, before: Mapping[str, Message]) -> Message:
    """The same delta (so versions stay without gaps) with only what this scope may see.

    `before` holds the calls as they were: a call that leaves an agent is removed from their page.
    """
    if scope.calls == "all":
        return delta
    changed = dict(delta.get("set", {}))
    removed = dict(delta.get("remove", {}))
    calls = changed.pop("calls", {})
    gone = removed.pop("calls", [])
    if scope.calls == "own":
        own = _visible_calls(calls, scope)
        had = _visible_calls(before, scope)
        left = [id for id in had if id in gone or (id in calls and id not in own)]
        if own:
            changed["calls"] = own
        if left:
            removed["calls"] = left
    return delta | {"set": changed, "remove": removed}


def frame(event: str, message: Message) -> bytes:
    """One server-sent event. JSON holds no line break, so one data line carries it."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    identity = f"id: {message['version']}\n" if "version" in message else ""
    return f"{identity}event: {event}\ndata: {data}\n\n".encode()


def _visible_calls(calls: Mapping[str, Message], scope: Scope) -> dict[str, Message]:
    if scope.calls == "all":
        return dict(calls)
    if scope.calls == "none" or not scope.agent:
        return {}
    return {id: _unspied(call) for id, call in calls.items() if _is_of(call, scope.agent)}


def _is_of(call: Message, agent: str) -> bool:
    """They talk, or their phone rings for it."""
    return call.get("agent") == agent or agent in call.get("rings", ())


def _unspied(call: Message) -> Message:
    """Who listens in is the supervisors' business: it is not even sent to the agent."""
    return {key: value for key, value in call.items() if key != "spies"}
