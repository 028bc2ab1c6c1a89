"""The digit pressed decides the queue: whose agent rings, and whose tone the caller hears."""

from __future__ import annotations

import pytest

from tests.pbx.talking import wait_hears
from tests.phones import Phone, PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import MENU

pytestmark = pytest.mark.pbx


def wait_prompt(stack: Stack, call: PhoneCall, prompt: str) -> None:
    hz = stack.prompts_hz[prompt]
    eventually(lambda: call.listen(0.2).level(hz) > -30, 5, f"prompt {prompt} to be heard")


@pytest.mark.parametrize("digit", ["1", "2"])
def test_the_digit_decides_the_queue(
    stack: Stack, caller: Phone, ann: Phone, bob: Phone, digit: str
) -> None:
    chosen, other = (ann, bob) if digit == "1" else (bob, ann)
    ring, calls_before = chosen.next_call(), len(other.calls)
    call = caller.call(MENU).wait_up()
    wait_prompt(stack, call, "welcome")
    call.send_digits(digit)
    taken = ring().answer()
    wait_hears([call, taken], [{chosen.name}, {caller.name}])
    assert len(other.calls) == calls_before
    call.hang_up()


def test_a_wrong_digit_is_told_and_twice_goes_to_the_invalid_branch(
    stack: Stack, caller: Phone, ann: Phone, bob: Phone
) -> None:
    ring, calls_before = bob.next_call(), len(ann.calls)
    call = caller.call(MENU).wait_up()
    wait_prompt(stack, call, "welcome")
    call.send_digits("9")
    wait_prompt(stack, call, "wrong")
    wait_prompt(stack, call, "welcome")
    call.send_digits("9")
    wait_prompt(stack, call, "wrong")
    taken = ring().answer()
    wait_hears([call, taken], [{bob.name}, {caller.name}])
    assert len(ann.calls) == calls_before
    call.hang_up()
