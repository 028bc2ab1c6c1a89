"""Asterisk dies in mid-call: nothing of it remains on the floor, and it is recorded as cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pbx.talking import talk
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import SUPPORT

pytestmark = pytest.mark.pbx


def nothing_remains(stack: Stack) -> bool:
    floor = stack.floor()
    busy = [agent for agent in floor["agents"].values() if agent["state"] == "talking"]
    waiting = [queue for queue in floor["queues"].values() if queue["waiting"]]
    return bool(floor["pbx"]["connected"]) and not (floor["calls"] or busy or waiting)


def test_no_ghost_remains_and_the_calls_are_cut(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    talking, waiting, later = new_caller(), new_caller(), new_caller()
    outside, inside = talk(talking, ann)
    queued = waiting.call(SUPPORT).wait_up()
    eventually(lambda: len(stack.floor()["calls"]) == 2, 5, "both calls on the floor")
    stack.kill_asterisk()
    stack.start_asterisk()
    eventually(lambda: nothing_remains(stack), 5, "no ghost on the floor")
    assert stack.control("compare")["differences"] == []
    for call in (outside, inside, queued):
        call.hang_up()
    records = stack.wait_one_record_each([talking.number, waiting.number])
    assert [record.outcome for record in records] == ["cut", "cut"]
    outside, _ = talk(later, ann)  # the sign-in outlived the restart
    outside.hang_up()
    [record] = stack.wait_one_record_each([later.number])
    assert record.outcome == "answered"
