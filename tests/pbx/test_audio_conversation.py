"""Caller and agent hear each other; the recording has the caller left and the agent right."""

from __future__ import annotations

import pytest

from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone, Tones
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx


def test_caller_and_agent_hear_each_other_and_the_recording_has_a_side_each(
    stack: Stack, caller: Phone, ann: Phone
) -> None:
    before = set(stack.settings.recordings.rglob("*.raw"))
    outside, inside = talk(caller, ann)
    outside.hang_up()
    inside.wait_ended()
    stack.wait_no_channels()
    [file] = eventually(lambda: set(stack.settings.recordings.rglob("*.raw")) - before, 5)
    both = {caller.hz, ann.hz}
    assert Tones.read(file, channel=0).part(0.3, 1).heard(both) == {caller.hz}
    assert Tones.read(file, channel=1).part(0.3, 1).heard(both) == {ann.hz}


def test_two_desk_phones_call_each_other(stack: Stack) -> None:
    here, there = stack.phone("203"), stack.phone("204")
    ring = there.next_call()
    placed = here.call("204")
    taken = ring().answer()
    placed.wait_up()
    wait_hears([placed, taken], [{there.name}, {here.name}])
    placed.hang_up()
    taken.wait_ended()
