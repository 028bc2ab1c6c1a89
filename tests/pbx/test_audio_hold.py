"""On hold the caller hears music and not the agent; the agent hears nothing of the caller."""

from __future__ import annotations

import pytest

from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx


def test_hold_plays_music_and_taking_back_ends_it(stack: Stack, caller: Phone, ann: Phone) -> None:
    outside, inside = talk(caller, ann)
    inside.hold()
    wait_hears([outside, inside], [set(), set()])
    eventually(lambda: outside.listen(1).loudness() > -45, 5, "music")
    inside.unhold()
    wait_hears([outside, inside], [{ann.name}, {caller.name}])
    outside.hang_up()
