"""An agent on an open line on the floor: free between calls though the phone is up."""

from __future__ import annotations

from callcenter.domain import events as e
from callcenter.domain.floor import Floor
from callcenter.domain.floor_handlers import apply
from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.site import Queue

NEAR, FAR = "Local/201@cc-line-call-0000001a;1", "Local/201@cc-line-call-0000001a;2"


def told(floor: Floor, *happened: e.Event) -> str:
    for event in happened:
        apply(floor, event)
    floor.take_changes()
    return floor.agents["1001"].state


def test_by_line_and_call() -> None:
    queue = Queue("support", "Support", wrap_up_seconds=0)
    floor = Floor(FloorPlan(agents={"1001": "Ann"}, queues={"support": queue}))
    phone = e.LegStarted(1, "l", "l", "PJSIP/201-1", "phone", "201", "201", "", "", True)
    assert told(floor, phone, e.LegAnswered(1, "l")) == "signed_out"
    signed_in = e.AgentSignedIn(2, "1001", "support", "201", False, "", open_line=True)
    opened = e.StepReached(2, "l", "agent", "1001", "open-line")
    assert told(floor, signed_in, opened) == "connecting", "Asterisk has not said it is up"
    assert floor.as_message()["calls"] == {}, "the line is no call"
    assert told(floor, e.LineStateChanged(3, "line", "1001", "free")) == "ready"
    caller = e.LegStarted(4, "c", "c", "PJSIP/t-1", "trunk", "carrier", "5", "", "1", False)
    near = e.LegStarted(4, "n", "c", NEAR, "phone", "201", "", "", "", True)
    far = e.LegStarted(4, "f", "f", FAR, "local", "", "", "", "", True)
    bridged = (e.LegJoinedBridge(5, "l", "", "beyond"), e.LegJoinedBridge(5, "f", "", "beyond"))
    assert told(floor, caller, e.LegAnswered(4, "c"), near, far, *bridged) == "ready"
    both = (e.LegJoinedBridge(6, "n", "c", "b"), e.LegJoinedBridge(6, "c", "c", "b"))
    assert told(floor, e.LineStateChanged(6, "line", "1001", "in_use"), *both) == "talking"
    shown = floor.as_message()["calls"]["c"]
    assert (shown["state"], shown["agent"], shown["phone"]) == ("talking", "1001", "201")
    ended = tuple(e.LegEnded(7, leg) for leg in "cnf")
    assert told(floor, *ended, e.LegLeftBridge(7, "l", "beyond")) == "ready"
    assert told(floor, e.LineStateChanged(8, "line", "1001", "unreachable")) == "connecting"
    assert told(floor, e.LegEnded(9, "l")) == "unreachable", "the line is gone, the agent is not"


def test_another_line_of_the_phone_keeps_the_agent_busy() -> None:
    floor = Floor(FloorPlan(agents={"1001": "Ann"}))
    signed_in = e.AgentSignedIn(2, "1001", "support", "201", False, "", open_line=True)
    up = e.LineStateChanged(3, "line", "1001", "free")
    own = e.LegStarted(4, "o", "o", "PJSIP/201-2", "phone", "201", "201", "", "300", False)
    assert told(floor, signed_in, up, own) == "busy"
    assert told(floor, e.LegEnded(5, "o")) == "ready"
