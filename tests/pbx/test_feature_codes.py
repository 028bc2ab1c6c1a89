"""Agents sign in, pause and sign out from the phone by feature codes, and hear an answer."""

from __future__ import annotations

import pytest

from tests.phones import Phone, PhoneCall
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx

ANN, PIN = "1001", "4711"


@pytest.fixture
def phone(stack: Stack) -> Phone:
    return stack.phone("201")


def enter(call: PhoneCall, *numbers: str) -> None:
    """Types each number and # once Asterisk has begun to ask for it (its voice is heard)."""
    call.wait_up()
    for number in numbers:
        eventually(lambda: call.listen(0.3).loudness() > -40, 8, "Asterisk to ask")
        call.send_digits(f"{number}#")
        eventually(lambda: call.listen(0.3).loudness() < -60, 8, "Asterisk to have taken it")


def state_of(stack: Stack) -> str:
    return str(stack.floor()["agents"][ANN]["state"])


def dial(stack: Stack, phone: Phone, code: str, expected: str) -> None:
    """Dials the code, is told something, and the floor follows."""
    call = phone.call(code).wait_up()
    eventually(lambda: call.listen(0.3).loudness() > -40, 8, f"a spoken answer to {code}")
    eventually(lambda: state_of(stack) == expected, 5, f"{expected} after {code}")
    call.wait_ended(15)


def test_sign_in_pause_with_a_reason_unpause_sign_out(stack: Stack, phone: Phone) -> None:
    call = phone.call("*11")
    enter(call, ANN, PIN)
    eventually(lambda: state_of(stack) in ("ready", "busy", "talking"), 8, "Ann to be signed in")
    call.wait_ended(15)
    eventually(lambda: state_of(stack) == "ready", 5, "Ann to be ready")
    dial(stack, phone, "*132", "paused")
    agent = stack.floor()["agents"][ANN]
    assert (agent["phone"], agent["pause_reason"]) == ("201", stack.site.pause_reasons[1])
    call = phone.call("*14").wait_up()
    call.wait_ended(15)
    eventually(lambda: state_of(stack) == "ready", 5, "Ann to be ready again")
    dial(stack, phone, "*12", "signed_out")


def test_a_wrong_pin_signs_nobody_in(stack: Stack, phone: Phone) -> None:
    call = phone.call("*11")
    enter(call, ANN, "0000")
    eventually(lambda: call.listen(0.3).loudness() > -40, 8, "to be told that it is wrong")
    assert state_of(stack) == "signed_out"
    call.hang_up()
