"""The floor as the web keeps it, and the frames browsers get. Pure.

A floor is the controller's snapshot message; deltas are applied in place. What a person may see
is a scope: a supervisor sees all calls or those of the own teams, an agent their own, a wallboard
none; the agents and queues likewise; numbers as the role sees them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.domain.sight import EVERYTHING, Sight

Message = dict[str, Any]
KINDS = ("calls", "agents", "queues", "trunks")


@dataclass(frozen=True)
class Scope:
    """`calls`: "all" that `sight` lets through, "own" (those of `agent`) or "none". Agents and
    queues are those of `sight`."""

    calls: str
    agent: str = ""
    sight: Sight = EVERYTHING

    @property
    def whole(self) -> bool:
        """Nothing is left out or masked."""
        return self.calls == "all" and self.sight == EVERYTHING


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
    return {key: _visible(key, value, scope) for key, value in floor.items()}


def visible_delta(delta: Message, scope: Scope, before: Mapping[str, Message]) -> Message:
    """The same delta (so versions stay without gaps) with only what this scope may see.

    `before` holds the calls as they were: a call that leaves an agent is removed from their page.
    """
    if scope.whole:
        return delta
    calls, gone = delta.get("set", {}).get("calls", {}), delta.get("remove", {}).get("calls", [])
    changed = {kind: _visible(kind, rows, scope) for kind, rows in delta.get("set", {}).items()}
    removed = {kind: ids for kind, ids in delta.get("remove", {}).items() if kind != "calls"}
    own = changed.get("calls", {})
    left = [
        id
        for id in before
        if (id in gone or (id in calls and id not in own)) and _sees_call(before[id], scope)
    ]
    if left:
        removed["calls"] = left
    changed = {kind: rows for kind, rows in changed.items() if rows or kind == "pbx"}
    return delta | {"set": changed, "remove": removed}


def frame(event: str, message: Message) -> bytes:
    """One server-sent event. JSON holds no line break, so one data line carries it."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    identity = f"id: {message['version']}\n" if "version" in message else ""
    return f"{identity}event: {event}\ndata: {data}\n\n".encode()


def sees_call(floor: Message, scope: Scope, call: str) -> bool:
    """Whether this call is up and may be seen: before anything is done to it."""
    return call in floor["calls"] and _sees_call(floor["calls"][call], scope)


def _visible(kind: str, rows: Any, scope: Scope) -> Any:
    if kind == "calls":
        return {id: _shown(call, scope) for id, call in rows.items() if _sees_call(call, scope)}
    if kind == "agents":
        return {id: row for id, row in rows.items() if scope.sight.of_agent(id)}
    if kind == "queues":
        return {id: row for id, row in rows.items() if scope.sight.of_queue(id)}
    return rows


def _sees_call(call: Message, scope: Scope) -> bool:
    """They talk, or their phone rings for it, or it is in their queue."""
    if scope.calls == "none":
        return False
    agents = {call.get("agent"), *call.get("rings", ())} - {None, ""}
    if scope.calls == "own":
        return scope.agent in agents
    return scope.sight.of_call(agents, {call.get("queue") or ""} - {""})


def _shown(call: Message, scope: Scope) -> Message:
    """Who listens in is the supervisors' business: it is not even sent to the agent."""
    if scope.calls == "own":
        call = {key: value for key, value in call.items() if key != "spies"}
    sight = scope.sight
    if not sight.masks:
        return call
    masked = {
        "caller_number": sight.number(call.get("caller_number") or ""),
        "caller_name": sight.name(call.get("caller_name") or ""),
        "step": sight.words(call.get("step") or ""),
    }
    if call.get("direction") != "inbound":
        masked["dialed"] = sight.number(call.get("dialed") or "")
    return call | masked
