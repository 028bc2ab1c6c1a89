"""Floor objects → the values pages show, for the first paint. Pure.

static/js/views.js is the same for every paint after it; tests/web/test_live.py holds that
both agree. The service level is answered within T ÷ (offered − short abandons).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

Message = dict[str, Any]

STATE_WORDS = {
    "signed_out": "Signed out",
    "ready": "Ready",
    "ringing": "Ringing",
    "talking": "Talking",
    "hold": "On hold",
    "wrap_up": "Wrap-up",
    "paused": "Paused",
    "connecting": "Connecting",
    "unreachable": "Unreachable",
    "busy": "Busy",
}
STATE_TONES = {
    "ready": "good",
    "ringing": "info",
    "talking": "info",
    "hold": "warn",
    "wrap_up": "calm",
    "connecting": "info",
    "unreachable": "bad",
}
CALL_WORDS = {
    "ringing": "Ringing",
    "menu": "In menu",
    "waiting": "Waiting",
    "talking": "Talking",
    "held": "On hold",
    "voicemail": "Voicemail",
    "internal": "Internal",
}
CALL_TONES = {"ringing": "info", "waiting": "warn", "talking": "good", "held": "warn"}
TARGET = 0.8
NEAR = 0.7


def shown_queue(queue: Message, opens: bool = True) -> Message:
    """`opens`: its numbers are links, for who may see the calls behind them."""
    return {
        **queue,
        **_shown_service_level(queue.get("service_level")),
        "service_rule": f"within {queue.get('service_level_seconds', 20)} s",
        **(_links(queue) if opens else dict.fromkeys(_links(queue), "")),
    }


def _links(queue: Message) -> Message:
    return {
        "offered_href": _calls(queue, ""),
        "answered_href": _calls(queue, "answered"),
        "abandoned_href": _calls(queue, "abandoned"),
        "waiting_href": f"/floor?{urlencode({'queue': queue['name'], 'state': 'waiting'})}",
    }


def shown_agent(agent: Message) -> Message:
    state, reason = agent["state"], agent.get("pause_reason")
    word = _agent_word(state, reason, bool(agent.get("pausing")))
    waits = agent.get("pausing") == "after-call-on-its-way"
    return {
        **agent,
        "state_word": word,
        "state_tone": "warn" if waits else STATE_TONES.get(state, "idle"),
        "phone_text": f"phone {agent['phone']}" if agent.get("phone") else "no phone",
        "queues_text": ", ".join(agent.get("queues") or ()),
        "can_pause": state not in ("signed_out", "paused"),
        "can_unpause": state == "paused" or bool(agent.get("pausing")),
        "can_sign_out": state != "signed_out",
    }


def _agent_word(state: str, reason: str | None, pausing: bool) -> str:
    word = STATE_WORDS.get(state, state)
    if pausing:
        return f"{word}, pausing"
    return reason if state == "paused" and reason else word


def signed_in_agents(floor: Message) -> list[Message]:
    agents = [each for each in floor["agents"].values() if each["state"] != "signed_out"]
    return [shown_agent(each) for each in sorted(agents, key=_number)]


def shown_queues(floor: Message, opens: bool = True) -> list[Message]:
    queues = sorted(floor["queues"].values(), key=lambda each: str(each["title"]).casefold())
    return [shown_queue(each, opens) for each in queues]


def _number(agent: Message) -> tuple[int, str]:
    return len(agent["number"]), agent["number"]


def _calls(queue: Message, outcome: str) -> str:
    """The calls behind a figure: it counts visits to this queue, however the call went on."""
    chosen = {"queue": queue["name"], "counted": "visits", "from": "today"}
    if outcome:
        chosen["visit_outcome"] = outcome
    return f"/calls/?{urlencode(chosen)}"


def _shown_service_level(share: float | None) -> Message:
    if share is None:
        return {"service_text": "–", "service_tone": "idle", "service_word": "No calls yet"}
    tone, word = "bad", "Too low"
    if share >= TARGET:
        tone, word = "good", "On target"
    elif share >= NEAR:
        tone, word = "warn", "Just below"
    # As JavaScript rounds, so that both paints agree: halves go up.
    return {
        "service_text": f"{int(share * 100 + 0.5)} %",
        "service_tone": tone,
        "service_word": word,
    }


def shown_calls(floor: Message, places: Mapping[str, str]) -> list[Message]:
    """Oldest first. `places`: `menu:main` → its title (callcenter/reports/places.py)."""
    calls = sorted(floor["calls"].values(), key=lambda each: (each["started_at"], each["id"]))
    return [_shown_call(each, floor, places) for each in calls]


def shown_agents(floor: Message) -> list[Message]:
    return [shown_agent(each) for each in sorted(floor["agents"].values(), key=_number)]


def _shown_call(call: Message, floor: Message, places: Mapping[str, str]) -> Message:
    state = call["state"]
    agent, queue = floor["agents"].get(call.get("agent")), floor["queues"].get(call.get("queue"))
    phone = f"phone {call['phone']}" if call.get("phone") else ""
    talks = call.get("answered_at") and state in ("talking", "held")
    # Asterisk tells whom a campaign calls only once they have answered.
    called = (call.get("dialed") or "Call out") if call.get("direction") == "outbound" else ""
    return {
        **call,
        "who": call.get("caller_name") or call.get("caller_number") or called or "Withheld",
        "number": call.get("caller_number") if call.get("caller_name") else "",
        "where": queue["title"] if queue else _step_text(call.get("step") or "", places),
        "agent_text": agent["name"] if agent else call.get("agent") or phone,
        "state_word": CALL_WORDS.get(state, state),
        "state_tone": CALL_TONES.get(state, "idle"),
        "wait_since": call.get("waiting_since") if state == "waiting" else None,
        "talk_since": call["answered_at"] if talks else None,
        "href": f"/calls/{quote(call['id'], safe='')}",
    }


def _step_text(step: str, places: Mapping[str, str]) -> str:
    kind, _, rest = step.partition(":")
    name = rest.partition(":")[0]
    return places.get(f"{kind}:{name}") or (f"{kind} {name}" if name else kind)
