"""Agents sign in, pause and sign out from the phone by feature codes, and hear an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.pbx.cel import cel_rows, wait_played
from tests.phones import Phone, PhoneCall, Tones
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx

ANN, PIN = "1001", "4711"


@pytest.fixture
def phone(stack: Stack) -> Phone:
    return stack.phone("201")


@contextmanager
def told(call: PhoneCall) -> Iterator[None]:
    """In the block a voice is heard."""
    with call.recorded() as heard:
        yield
    tones = Tones.read(heard)
    tenths = range(int(tones.seconds * 10))
    assert any(tones.part(each / 10, each / 10 + 0.3).loudness() > -40 for each in tenths)


def enter(stack: Stack, phone: Phone, agent: str, pin: str) -> PhoneCall:
    """Types each number once Asterisk has begun to ask for it."""
    now = len(cel_rows(stack))
    call = phone.call("*11").wait_up()
    for sound, number in (("agent-user", agent), ("agent-pass", pin)):
        wait_played(stack, sound, now)
        call.send_digits(f"{number}#")
    return call


def state_of(stack: Stack) -> str:
    return str(stack.floor()["agents"][ANN]["state"])


def dial(stack: Stack, phone: Phone, code: str, expected: str) -> None:
    """Dials the code, is told something, and the floor follows."""
    call = phone.call(code)
    with told(call):
        call.wait_ended(15)
    eventually(lambda: state_of(stack) == expected, 5, f"{expected} after {code}")


def test_sign_in_pause_with_a_reason_unpause_sign_out(stack: Stack, phone: Phone) -> None:
    call = enter(stack, phone, ANN, PIN)
    with told(call):
        call.wait_ended(15)
    eventually(lambda: state_of(stack) == "ready", 5, "Ann to be ready")
    dial(stack, phone, "*132", "paused")
    agent = stack.floor()["agents"][ANN]
    assert (agent["phone"], agent["pause_reason"]) == ("201", stack.site.pause_reasons[1])
    dial(stack, phone, "*14", "ready")
    dial(stack, phone, "*12", "signed_out")


def test_a_wrong_pin_signs_nobody_in(stack: Stack, phone: Phone) -> None:
    now = len(cel_rows(stack))
    call = enter(stack, phone, ANN, "0000")
    wait_played(stack, "agent-incorrect", now)
    assert state_of(stack) == "signed_out"
    call.hang_up()
