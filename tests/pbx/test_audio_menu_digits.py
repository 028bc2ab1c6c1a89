"""The digit pressed decides the queue: whose agent rings, and whose tone the caller hears."""

from __future__ import annotations

import pytest

from tests.pbx.talking import overheard, wait_hears
from tests.phones import Phone
from tests.stack import Stack
from tests.stack_site import MENU

pytestmark = pytest.mark.pbx


@pytest.mark.parametrize("digit", ["1", "2"])
def test_the_digit_decides_the_queue(
    stack: Stack, caller: Phone, ann: Phone, bob: Phone, digit: str
) -> None:
    chosen, other = (ann, bob) if digit == "1" else (bob, ann)
    ring, calls_before = chosen.next_call(), len(other.calls)
    call = caller.call(MENU)
    with overheard(call) as heard:
        heard.wait_tone(stack.prompts_hz["welcome"])
        call.send_digits(digit)
    taken = ring().answer()
    wait_hears([call, taken], [{chosen.name}, {caller.name}])
    assert len(other.calls) == calls_before
    call.hang_up()


def test_a_wrong_digit_is_told_and_twice_goes_to_the_invalid_branch(
    stack: Stack, caller: Phone, ann: Phone, bob: Phone
) -> None:
    ring, calls_before = bob.next_call(), len(ann.calls)
    welcome, wrong = (stack.prompts_hz[name] for name in ("welcome", "wrong"))
    call = caller.call(MENU)
    with overheard(call) as heard:
        heard.wait_tone(welcome)
        call.send_digits("9")
        heard.wait_tone(wrong)
        heard.wait_tone(welcome)
        call.send_digits("9")
        heard.wait_tone(wrong)
    taken = ring().answer()
    wait_hears([call, taken], [{bob.name}, {caller.name}])
    assert len(ann.calls) == calls_before
    call.hang_up()
