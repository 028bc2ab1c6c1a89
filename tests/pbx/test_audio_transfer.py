"""After a transfer the caller and the new party hear each other, and the first agent is out."""

from __future__ import annotations

import pytest

from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack

pytestmark = pytest.mark.pbx


def test_blind_transfer(stack: Stack, caller: Phone, ann: Phone) -> None:
    third = stack.phone("204")
    outside, inside = talk(caller, ann)
    ring = third.next_call()
    inside.transfer("204")
    taken = ring().answer()
    inside.wait_ended()
    wait_hears([outside, taken], [{third.name}, {caller.name}])
    outside.hang_up()
    taken.wait_ended()


def test_attended_transfer(stack: Stack, caller: Phone, ann: Phone) -> None:
    third = stack.phone("204")
    outside, inside = talk(caller, ann)
    inside.hold()
    ring = third.next_call()
    consultation = ann.call("204")
    taken = ring().answer()
    consultation.wait_up()
    wait_hears([consultation, taken], [{third.name}, {ann.name}])
    inside.transfer_to_call(consultation)
    inside.wait_ended()
    consultation.wait_ended()
    wait_hears([outside, taken], [{third.name}, {caller.name}])
    outside.hang_up()
    taken.wait_ended()
