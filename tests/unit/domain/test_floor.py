"""The floor fed with the recorded stream of a real Asterisk, and with what streams do wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from callcenter.domain import events as e
from callcenter.domain.agent import AGENT_STATES
from callcenter.domain.agent import STATE_BY_FACTS as AGENT_STATE
from callcenter.domain.call import CALL_STATES
from callcenter.domain.call import STATE_BY_FACTS as CALL_STATE
from callcenter.domain.floor import Floor
from callcenter.domain.floor_handlers import HANDLERS, apply
from callcenter.domain.floor_plan import FloorPlan, next_midnight
from callcenter.domain.floor_snapshot import FloorSnapshot, LegNow, differences, rebuild
from callcenter.domain.queue import DayCounts
from callcenter.domain.site import Queue
from callcenter.pbx import translate
from callcenter.pbx.wire import decode
from tests.replay.stream import messages

AT = 1_795_392_000.0  # a quarter past midnight, UTC


def plan(wrap_up_seconds: int = 10) -> FloorPlan:
    queue = Queue("support", "Support", wrap_up_seconds=wrap_up_seconds)
    return FloorPlan(
        agents={"1001": "Ann"}, queues={"support": queue}, trunks={"carrier": "Carrier"}
    )


def recorded() -> list[e.Event]:
    found = []
    for number, message in enumerate(messages()):
        first_line = message[: message.find(b"\r\n")]
        if first_line in translate.READERS:
            event = translate.translate_text(first_line, decode(message), AT)
            if event is not None:
                event.at = AT + number / 100
                found.append(event)
    return found


def seated() -> Floor:
    """Ann is signed in at 201, a caller waits."""
    floor = Floor(plan())
    for event in (
        e.AgentSignedIn(AT, "1001", "support", "201", False, ""),
        e.LineStateChanged(AT, "phone", "201", "free"),
        e.LegStarted(AT, "c", "c", "PJSIP/t-1", "trunk", "carrier", "555", "Ada", "100", False),
        e.LegAnswered(AT, "c"),
        e.CallerJoinedQueue(AT + 1, "c", "support"),
    ):
        apply(floor, event)
    return floor


def answer(floor: Floor, at: float) -> None:
    for event in (
        e.LegStarted(at, "a", "c", "PJSIP/201-1", "phone", "201", "", "", "", True),
        e.LegRang(at, "a"),
        e.LegAnswered(at, "a"),
        e.CallerLeftQueue(at, "c", "support"),
        e.AgentAnswered(at, "1001", "support", "c"),
        e.LegJoinedBridge(at, "a", "c", "b"),
        e.LegJoinedBridge(at, "c", "c", "b"),
    ):
        apply(floor, event)


def agent_state(floor: Floor) -> str:
    floor.take_changes()
    return floor.agents["1001"].state


def test_every_event_type_has_a_handler() -> None:
    kinds = {
        kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event)
    }
    assert kinds - {e.Event} == set(HANDLERS)


def test_every_row_of_the_state_tables_is_reached_and_every_fact_has_a_state() -> None:
    assert {row[-1] for row in AGENT_STATES} == set(AGENT_STATE.values())
    assert {row[-1] for row in CALL_STATES} == set(CALL_STATE.values())
    assert AGENT_STATE[(True, "hold", "down", True, True)] == "hold"
    assert AGENT_STATE[(True, "none", "up", True, True)] == "wrap_up"
    assert CALL_STATE[(False, False, True, True, True, False)] == "waiting"


def test_the_recorded_stream_ends_with_an_empty_floor_and_true_counts() -> None:
    floor = Floor(plan())
    seen: dict[str, list[str]] = {"call": [], "agent": []}
    for event in recorded():
        apply(floor, event)
        changed, _ = floor.take_changes()
        seen["call"] += [call["state"] for call in changed.get("calls", {}).values()]
        seen["agent"] += [agent["state"] for agent in changed.get("agents", {}).values()]
    assert set(seen["call"]) >= {"ringing", "waiting", "talking", "held", "internal"}
    assert set(seen["agent"]) >= {"ready", "ringing", "talking", "hold", "wrap_up", "signed_out"}
    today = floor.queues["support"].today
    assert (today.offered, today.answered, today.abandoned) == (4, 3, 1)
    assert (floor.calls, floor.legs, floor.bridges, floor.visits) == ({}, {}, {}, {})
    assert floor.trunk_message("carrier")["calls"] == 0


@pytest.mark.parametrize("seed", range(8))
def test_duplicates_and_reordering_never_raise_and_a_snapshot_mends(seed: int) -> None:
    chance = random.Random(seed)
    events = recorded()
    events += chance.sample(events, len(events) // 3)
    events.sort(key=lambda event: event.at + chance.uniform(0, 0.3))
    floor = Floor(plan())
    for event in events:
        apply(floor, event)
        floor.take_changes()
    nothing = FloorSnapshot(AT + 100, (), (), (), ())
    rebuild(floor, nothing)
    floor.take_changes()
    assert differences(floor, nothing) == []
    assert (floor.calls, floor.legs, floor.bridges) == ({}, {}, {})
    assert floor.as_message()["queues"]["support"]["waiting"] == 0


def test_the_same_event_twice_counts_once() -> None:
    floor = seated()
    apply(floor, e.CallerJoinedQueue(AT + 1, "c", "support"))
    answer(floor, AT + 6)
    apply(floor, e.AgentAnswered(AT + 6, "1001", "support", "c"))
    today = floor.queues["support"].today
    assert today == DayCounts(offered=1, answered=1, answered_within=1, wait_seconds=5.0)
    assert floor.agents["1001"].answered_today == 1


def test_a_call_tells_whom_it_rings_and_how_long_it_waited() -> None:
    floor = seated()
    apply(floor, e.LegStarted(AT + 3, "a", "c", "PJSIP/201-1", "phone", "201", "", "", "", True))
    apply(floor, e.LegRang(AT + 3, "a"))
    assert floor.call_message(floor.calls["c"])["rings"] == ["1001"]
    answer(floor, AT + 6)
    told = floor.call_message(floor.calls["c"])
    assert (told["rings"], told["waited_seconds"]) == ([], 5.0)


def test_a_late_start_does_not_bring_an_ended_leg_back() -> None:
    floor = seated()
    apply(floor, e.LegEnded(AT + 2, "c"))
    apply(floor, e.LegStarted(AT, "c", "c", "PJSIP/t-1", "trunk", "carrier", "", "", "", False))
    assert floor.take_changes()[1] == {"calls": ["c"]}
    assert floor.calls == {}


def test_short_abandon_is_five_seconds_and_not_more() -> None:
    for wait, short in ((4.9, 1), (5.1, 0)):
        floor = seated()
        apply(floor, e.CallerAbandoned(AT + 1 + wait, "c", "support"))
        apply(floor, e.CallerLeftQueue(AT + 1 + wait, "c", "support"))
        today = floor.queues["support"].today
        assert (today.abandoned, today.short_abandoned) == (1, short)


def test_wrap_up_ends_when_the_clock_says_so() -> None:
    floor = seated()
    answer(floor, AT + 6)
    assert agent_state(floor) == "talking"
    apply(floor, e.AgentFinished(AT + 20, "1001", "support"))
    apply(floor, e.LegEnded(AT + 20, "a"))
    assert agent_state(floor) == "wrap_up"
    apply(floor, e.TimePassed(AT + 29.9))
    assert agent_state(floor) == "wrap_up"
    apply(floor, e.TimePassed(AT + 30.5))
    assert agent_state(floor) == "ready"
    assert floor.agents["1001"].since == AT + 30


def test_a_phone_that_vanishes_makes_its_agent_unreachable() -> None:
    floor = seated()
    apply(floor, e.LineStateChanged(AT + 2, "phone", "201", "unreachable"))
    assert agent_state(floor) == "unreachable"


def test_counts_begin_again_at_local_midnight() -> None:
    floor = Floor(replace(plan(), timezone="Europe/Berlin"))
    for event in (e.TimePassed(AT), e.AgentSignedIn(AT, "1001", "support", "201", False, "")):
        apply(floor, event)
    floor.seed("support", DayCounts(offered=7))
    apply(floor, e.TimePassed(next_midnight(AT, "Europe/Berlin") - 1))
    assert floor.queues["support"].today.offered == 7
    apply(floor, e.TimePassed(next_midnight(AT, "Europe/Berlin")))
    assert floor.queues["support"].today.offered == 0


def test_a_day_with_a_clock_change_is_25_hours_long() -> None:
    begins = next_midnight(1792843200.0, "Europe/Berlin")  # 24 October 2026
    assert next_midnight(begins, "Europe/Berlin") - begins == 25 * 3600


def test_a_snapshot_keeps_what_it_cannot_say_and_drops_ghosts() -> None:
    floor = seated()
    answer(floor, AT + 6)
    apply(floor, e.StepReached(AT + 1, "c", "menu", "main", ""))
    apply(floor, e.LegStarted(AT, "g", "g", "PJSIP/g-1", "phone", "204", "", "", "", False))
    legs = tuple(
        LegNow(
            e.LegStarted(AT, leg.id, "c", leg.handle, leg.line_kind, leg.line, "", "", "", False),
            answered=True,
            ringing=False,
            bridge="b",
        )
        for leg in (floor.legs["c"], floor.legs["a"])
    )
    member = e.AgentSignedIn(AT, "1001", "support", "201", False, "")
    now = FloorSnapshot(AT + 60, legs, (member,), (), ())
    assert any("g" in line for line in differences(floor, now))
    rebuild(floor, now)
    assert differences(floor, now) == []
    message = floor.call_message(floor.calls["c"])
    assert (message["step"], message["queue"], message["state"]) == (
        "menu:main",
        "support",
        "talking",
    )
    assert "g" not in floor.calls
