"""One call: trunk → recognised → menu → queue → desk phone → recording → record, live and after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.db import customer_store
from callcenter.db.customer_store import Customer
from callcenter.db.engine import sessions
from tests.pbx.talking import overheard, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import MENU

pytestmark = pytest.mark.pbx

NUMBER, NAME = "15557001", "Grace Hopper"


@pytest.fixture
def grace(stack: Stack) -> Iterator[Phone]:
    """A customer we know, calling under another display name."""
    with sessions(stack.engine).begin() as session:
        customer_store.save_customers(session, [Customer(NUMBER, NAME, priority=5)])
    phone = stack.caller(NUMBER, "nobody")
    yield phone
    phone.leave()


def test_a_call_from_trunk_to_record(stack: Stack, grace: Phone, ann: Phone) -> None:
    ring = ann.next_call()
    outside = grace.call(MENU)
    with overheard(outside) as heard:
        heard.wait_tone(stack.prompts_hz["welcome"])
        outside.send_digits("1")
    inside = ring()
    assert NAME in inside.remote  # recognised: the agent's phone shows who it is
    inside.answer()
    wait_hears([outside, inside], [{ann.name}, {grace.name}])

    def on_the_floor() -> bool:
        floor = stack.floor()
        if len(floor["calls"]) != 1:
            return False  # a controller that has just started knows none yet
        [call] = floor["calls"].values()
        agent = floor["agents"]["1001"]
        seen = (call["state"], call["agent"], call["queue"], call["caller_name"], agent["state"])
        return seen == ("talking", "1001", "support", NAME, "talking") and call["priority"] == 5

    eventually(on_the_floor, 5, "the call on the floor")
    stack.restart("controller")
    eventually(on_the_floor, 5, "the same call on a new controller's floor")
    outside.hang_up()
    inside.wait_ended()
    [record] = stack.wait_one_record_each([NUMBER])
    assert (record.direction, record.dialed, record.trunk) == ("inbound", MENU, "carrier")
    assert (record.outcome, record.ended_by) == ("answered", "caller")
    assert (record.queue, record.agent) == ("support", "1001")
    assert record.talk_seconds > 0
    assert (stack.settings.recordings / record.recording).stat().st_size > 8000
    eventually(lambda: stack.floor()["calls"] == {}, 5, "the floor to be empty")
