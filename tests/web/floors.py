"""A floor with a bit of everything, for the fake controller."""

from __future__ import annotations

import time
from typing import Any

HOSTILE = "<script>document.title='pwned'</script><img src=x onerror=alert(1)>"


def busy_floor() -> dict[str, Any]:
    now = time.time()
    return {
        "queues": {
            "support": queue("support", "Support", waiting=3, longest_wait_since=now - 74,
                agents_signed_in=9, agents_ready=2, agents_talking=4, agents_paused=2,
                offered_today=214, answered_today=188, abandoned_today=23, short_abandoned_today=6,
                answered_within_today=150, service_level=0.7212, wait_seconds_today=3200.0),
            "sales": queue("sales", "Sales", agents_signed_in=5, agents_ready=3, agents_talking=2,
                offered_today=96, answered_today=93, abandoned_today=3, short_abandoned_today=2,
                answered_within_today=88, service_level=0.936, wait_seconds_today=900.0),
            "claims": queue("claims", "Claims and complaints", waiting=11,
                longest_wait_since=now - 402, agents_signed_in=3, agents_talking=3,
                offered_today=41, answered_today=22, abandoned_today=8, answered_within_today=9,
                service_level=0.31, service_level_seconds=30),
            "night": queue("night", "Night desk"),
        },
        "agents": {each["number"]: each for each in _agents(now)},
        "calls": {each["id"]: each for each in _calls(now)},
        "trunks": {"carrier": {"name": "carrier", "title": "Carrier", "state": "up", "calls": 7}},
    }  # fmt: skip


def queue(name: str, title: str, **values: Any) -> dict[str, Any]:
    none = dict.fromkeys(
        ("waiting", "agents_signed_in", "agents_ready", "agents_talking", "agents_paused",
         "offered_today", "answered_today", "abandoned_today", "short_abandoned_today",
         "answered_within_today"), 0)  # fmt: skip
    rest = {"longest_wait_since": None, "service_level": None, "service_level_seconds": 20,
            "wait_seconds_today": 0.0}  # fmt: skip
    return {"name": name, "title": title, **none, **rest, **values}


def agent(number: str, name: str, state: str, since: float, **values: Any) -> dict[str, Any]:
    return {"number": number, "name": name, "phone": f"2{number[-2:]}", "state": state,
            "since": since, "pause_reason": None, "queues": ["support"], "call": None,
            "answered_today": 12, **values}  # fmt: skip


def call(id: str, state: str, started_at: float, **values: Any) -> dict[str, Any]:
    return {"id": id, "state": state, "direction": "inbound", "caller_number": "0471200300",
            "caller_name": "", "dialed": "0471100200", "trunk": "carrier", "step": "queue:support",
            "queue": "support", "agent": None, "phone": None, "started_at": started_at,
            "waiting_since": None, "answered_at": None, "spies": [], **values}  # fmt: skip


def _agents(now: float) -> list[dict[str, Any]]:
    return [
        agent(
            "1001", "Al Adams", "talking", now - 187, call="pbx1-1.1", queues=["support", "sales"]
        ),
        agent("1002", "Bo Berg", "ready", now - 42),
        agent("1003", "Cristina Dall’Agnola-Pescosta", "paused", now - 1260, pause_reason="Lunch"),
        agent("1004", "Dina Dorn", "wrap_up", now - 8),
        agent("1005", "Emil Egger", "ringing", now - 3, call="pbx1-3.1"),
        agent("1006", "Franz Fuchs", "hold", now - 65, call="pbx1-4.1"),
        agent("1007", "Gaia Gallo", "unreachable", now - 4000),
        agent("1008", "Hans Huber", "talking", now - 640, call="pbx1-5.1"),
        agent("1009", HOSTILE, "busy", now - 20),
        agent(
            "1010",
            "Ida Innerhofer",
            "ready",
            now - 3,
            pause_reason="Break",
            pausing="after-call-on-its-way",
        ),
        agent("1011", "Jo Jung", "signed_out", now - 9000, phone=None, queues=[]),
    ]


def _calls(now: float) -> list[dict[str, Any]]:
    return [
        call("pbx1-1.1", "talking", now - 230, caller_name="Maria Rossi", agent="1001", phone="201",
             waiting_since=now - 222, answered_at=now - 187),
        call("pbx1-2.1", "waiting", now - 90, waiting_since=now - 74, caller_number="+39333123456"),
        call("pbx1-3.1", "waiting", now - 60, waiting_since=now - 52, caller_name=HOSTILE),
        call("pbx1-4.1", "held", now - 300, agent="1006", phone="206", answered_at=now - 260,
             waiting_since=now - 290, caller_name="Peter Plank", queue="sales"),
        call("pbx1-5.1", "talking", now - 700, agent="1008", phone="208", answered_at=now - 640,
             waiting_since=now - 690, caller_name="A name of great length " * 6),
        call("pbx1-6.1", "menu", now - 9, step="menu:main", queue=None, caller_number="0471555444"),
        call("pbx1-7.1", "internal", now - 33, step="phone:202", queue=None, direction="internal",
             caller_number="203", phone="203", dialed="202", trunk=None, answered_at=now - 30),
    ]  # fmt: skip
