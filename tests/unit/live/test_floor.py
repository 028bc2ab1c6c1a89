"""The web's copy of the floor: deltas, gaps, and what each scope may see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callcenter.domain.sight import Sight
from web.live.floor import (
    BOARD,
    FLOOR,
    Scope,
    apply_delta,
    empty_floor,
    frame,
    sees_call,
    visible_delta,
    visible_floor,
)

MINE = Scope("own", "1001")


def delta(version: int, changed: dict[str, Any], remove: dict[str, Any]) -> dict[str, Any]:
    return {"type": "delta", "version": version, "at": 1.0, "set": changed, "remove": remove}


def test_delta_replaces_whole_objects_and_removes() -> None:
    floor = empty_floor()
    assert apply_delta(floor, delta(1, {"calls": {"a": {"agent": None}, "b": {}}}, {}))
    assert apply_delta(floor, delta(2, {"calls": {"a": {"agent": "1"}}}, {"calls": ["b", "x"]}))
    assert floor["calls"] == {"a": {"agent": "1"}}
    assert floor["version"] == 2


def test_a_gap_changes_nothing() -> None:
    floor = empty_floor()
    assert not apply_delta(floor, delta(2, {"calls": {"a": {}}}, {}))
    assert floor == empty_floor()


@pytest.mark.parametrize("scope", [BOARD, MINE])
def test_others_calls_are_hidden_and_versions_stay_without_gap(scope: Scope) -> None:
    sent = delta(5, {"calls": {"a": {"agent": "1002"}}, "queues": {"q": {}}}, {"calls": ["b"]})
    seen = visible_delta(sent, scope, {"b": {"agent": "1002"}})
    assert (seen["version"], seen["set"], seen["remove"]) == (5, {"queues": {"q": {}}}, {})
    assert visible_delta(sent, FLOOR, {}) == sent


def test_own_call_comes_and_goes() -> None:
    comes = visible_delta(delta(1, {"calls": {"a": {"agent": "1001"}}}, {}), MINE, {})
    assert comes["set"] == {"calls": {"a": {"agent": "1001"}}}
    before = {"a": {"agent": "1001"}}
    moved = visible_delta(delta(2, {"calls": {"a": {"agent": "1002"}}}, {}), MINE, before)
    assert (moved["set"], moved["remove"]) == ({}, {"calls": ["a"]})
    ended = visible_delta(delta(2, {}, {"calls": ["a"]}), MINE, before)
    assert ended["remove"] == {"calls": ["a"]}


def test_a_call_is_seen_by_the_agent_whose_phone_rings_for_it() -> None:
    ringing = {"a": {"agent": None, "rings": ["1001"]}}
    comes = visible_delta(delta(1, {"calls": ringing}, {}), MINE, {})
    assert comes["set"] == {"calls": ringing}
    goes = visible_delta(delta(2, {"calls": {"a": {"rings": ["1002"]}}}, {}), MINE, ringing)
    assert (goes["set"], goes["remove"]) == ({}, {"calls": ["a"]})


def test_an_agent_is_not_told_who_listens_in() -> None:
    spied = {"a": {"agent": "1001", "spies": [{"supervisor": "209"}]}}
    seen = visible_delta(delta(1, {"calls": spied}, {}), MINE, {})
    assert seen["set"] == {"calls": {"a": {"agent": "1001"}}}
    floor = empty_floor() | {"calls": spied}
    assert visible_floor(floor, MINE)["calls"] == {"a": {"agent": "1001"}}
    assert visible_floor(floor, FLOOR)["calls"] == spied


def test_no_agent_number_sees_no_calls() -> None:
    sent = delta(1, {"calls": {"a": {"agent": ""}, "b": {"agent": None}}}, {})
    assert visible_delta(sent, Scope("own", ""), {})["set"] == {}


def test_a_name_cannot_forge_a_frame() -> None:
    sent = frame("delta", {"version": 1, "name": "x\n\nevent: snapshot\ndata: {}\r\n\u2028"})
    assert sent.count(b"\n") == 4
    assert sent.startswith(b"id: 1\nevent: delta\ndata: ")


TEAM = Scope("all", sight=Sight(frozenset({"1001"}), frozenset({"sales"}), "masked"))
NUMBER = "+15550100123"


def team_call(**values: Any) -> dict[str, Any]:
    return {"direction": "inbound", "caller_number": NUMBER, "caller_name": NUMBER,
            "agent": None, "queue": None, "step": "did:15550199", **values}  # fmt: skip


def test_a_team_s_supervisor_sees_its_calls_agents_and_queues_with_numbers_masked() -> None:
    floor = empty_floor() | {
        "calls": {
            "theirs": team_call(agent="1002", queue="support"),
            "talks": team_call(agent="1001", queue="support"),
            "rings": team_call(rings=["1001"]),
            "waits": team_call(queue="sales"),
            "menu": team_call(),
        },
        "agents": {"1001": {}, "1002": {}},
        "queues": {"sales": {}, "support": {}},
    }
    seen = visible_floor(floor, TEAM)
    assert set(seen["calls"]) == {"talks", "rings", "waits"}
    assert set(seen["agents"]) == {"1001"}
    assert set(seen["queues"]) == {"sales"}
    assert NUMBER[-3:] not in json.dumps(seen)
    assert floor["calls"]["waits"]["caller_number"] == NUMBER
    assert sees_call(floor, TEAM, "waits")
    assert not sees_call(floor, TEAM, "theirs")
    assert not sees_call(floor, TEAM, "gone")


def test_a_call_comes_to_a_team_and_leaves_it() -> None:
    comes = delta(1, {"calls": {"a": team_call(queue="sales")}, "agents": {"1002": {}}}, {})
    seen = visible_delta(comes, TEAM, {"a": team_call()})
    assert list(seen["set"]["calls"]) == ["a"]
    assert "agents" not in seen["set"]
    goes = delta(2, {"calls": {"a": team_call(queue="support")}}, {})
    left = visible_delta(goes, TEAM, {"a": team_call(queue="sales")})
    assert (left["set"], left["remove"]) == ({}, {"calls": ["a"]})


def test_a_number_dialed_out_is_masked_too() -> None:
    out = team_call(direction="outbound", agent="1001", caller_number="201", dialed=NUMBER)
    shown = visible_floor(empty_floor() | {"calls": {"a": out}}, TEAM)["calls"]["a"]
    assert (shown["caller_number"], shown["dialed"]) == ("201", "+15550100•••")
