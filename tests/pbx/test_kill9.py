"""kill -9 of each Python process, one by one, during calls: calls outlive us.

No call drops, new calls still reach agents, and once the process is back the floor equals
Asterisk's own snapshot and every call has exactly one record.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import MENU, ORDERS

pytestmark = pytest.mark.pbx

NewCaller = Callable[[], Phone]


def wait_floor_equals_asterisk(stack: Stack) -> None:
    seen: list[object] = []

    def equal() -> bool:
        seen[:] = stack.control("compare")["differences"]
        return not seen

    try:
        eventually(equal, 5)
    except AssertionError:
        raise AssertionError(f"floor and Asterisk differ: {seen}") from None


@pytest.mark.parametrize("process", ["controller", "agi", "ledger", "web"])
def test_calls_outlive(
    stack: Stack, new_caller: NewCaller, ann: Phone, bob: Phone, cleo: Phone, process: str
) -> None:
    before, during, after = new_caller(), new_caller(), new_caller()
    cleo_rings = cleo.next_call()
    running, running_inside = talk(before, ann)
    stack.kill9(process)
    try:
        wait_hears([running, running_inside], [{ann.name}, {before.name}])
        new = during.call(MENU).wait_up()
        new.send_digits("1")  # ann is busy: cleo is the other one in support
        new_inside = cleo_rings(15).answer()
        wait_hears([new, new_inside], [{cleo.name}, {during.name}])
        running.hang_up()  # its end falls into the gap
        running_inside.wait_ended()
    finally:
        stack.start(process)
    assert new.up
    assert new_inside.up
    later, later_inside = talk(after, ann)
    wait_floor_equals_asterisk(stack)
    numbers = [phone.number for phone in (before, during, after)]
    shown = eventually(lambda: stack.floor()["calls"], 3)
    assert sorted(each["caller_number"] for each in shown.values()) == sorted(numbers[1:])
    new.hang_up()
    later.hang_up()
    later_inside.wait_ended()
    stack.wait_no_channels()
    records = stack.wait_one_record_each(numbers)
    assert [record.outcome for record in records] == ["answered"] * 3
    assert [record.agent for record in records] == ["1001", "1003", "1001"]
    assert all((stack.settings.recordings / record.recording).exists() for record in records)
    eventually(lambda: stack.floor()["calls"] == {}, 3, "the floor to be empty")


def test_a_journey_whose_server_is_dead_goes_on_to_its_next_step(
    stack: Stack, new_caller: NewCaller, ann: Phone
) -> None:
    stack.kill9("agi")
    try:
        outside, _ = talk(new_caller(), ann, ORDERS)
        outside.hang_up()
    finally:
        stack.start("agi")
    [record] = stack.wait_one_record_each([outside.phone.number])
    assert (record.outcome, record.queue) == ("answered", "support")


def test_all_of_them_dead_at_once(stack: Stack, new_caller: NewCaller, ann: Phone) -> None:
    processes = ("web", "ledger", "agi", "controller")
    for process in processes:
        stack.kill9(process)
    try:
        outside, _ = talk(new_caller(), ann)
        outside.hang_up()
    finally:
        for process in processes:
            stack.launch(process)
        for process in processes:
            stack.wait_ready(process)
    [record] = stack.wait_one_record_each([outside.phone.number])
    assert (record.outcome, record.agent) == ("answered", "1001")
