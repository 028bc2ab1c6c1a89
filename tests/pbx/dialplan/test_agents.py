"""Signing in, out and pausing from the phone, with a spoken answer and no Python process."""

from __future__ import annotations

import re

import pytest

from tests.pbx.cel import wait_played
from tests.pbx.dialplan.conftest import Pbx
from tests.phones import Phone, PhoneCall
from tests.stack import eventually

pytestmark = pytest.mark.pbx


def sign_in(pbx: Pbx, phone: Phone, agent: str, *pins: str) -> PhoneCall:
    now = len(pbx.cel())
    call = phone.call("*11").wait_up()
    for tries, pin in enumerate(pins, 1):
        wait_played(pbx, "agent-user", now, tries)
        call.send_digits(f"{agent}#")
        wait_played(pbx, "agent-pass", now, tries)
        call.send_digits(f"{pin}#")
    return call


def members(pbx: Pbx) -> str:
    return pbx.asterisk("queue show")


def test_sign_in_pause_and_out_by_codes(pbx: Pbx, now: int) -> None:
    phone = pbx.phone("201")
    sign_in(pbx, phone, "1001", "4711").wait_ended(15)
    wait_played(pbx, "agent-loginok", now)
    shown = members(pbx)
    assert shown.count("1001 (PJSIP/201)") == 2
    assert "with penalty 3" in shown

    phone.call("*132").wait_ended(15)
    assert members(pbx).count("paused:Lunch") == 2
    phone.call("*14").wait_ended(15)
    assert "paused" not in members(pbx)
    phone.call("*131").wait_up().hang_up()  # before anybody could answer
    eventually(lambda: members(pbx).count("paused:Break") == 2, 10, "a pause all the same")

    phone.call("*12").wait_ended(15)
    wait_played(pbx, "agent-loggedoff", now)
    assert "PJSIP/201" not in members(pbx)
    agent_steps = [step for step in pbx.all_steps(now) if step.startswith("agent")]
    assert agent_steps == [
        "agent|1001|sign-in",
        "agent|1001|pause",
        "agent|1001|unpause",
        "agent|1001|sign-out",
    ]


def test_five_wrong_pins_lock_the_number_even_for_the_right_one(pbx: Pbx, now: int) -> None:
    """Three in one call; who hangs up after each wrong one is no better off."""
    phone = pbx.phone("201")
    sign_in(pbx, phone, "1002", "1", "2", "3")
    wait_refused(pbx, now, 1)
    hang_up(pbx, phone)
    for wrong in ("4", "5"):
        before = len(pbx.cel())
        sign_in(pbx, phone, "1002", wrong)
        wait_played(pbx, "agent-incorrect", before)
        hang_up(pbx, phone)
    sign_in(pbx, phone, "1002", "4712")
    wait_refused(pbx, now, 2)
    assert "1002 (PJSIP/201)" not in members(pbx)
    hang_up(pbx, phone)
    pbx.asterisk("database del cc-pin-locked 1002")
    sign_in(pbx, phone, "1002", "4712")
    eventually(lambda: "1002 (PJSIP/201)" in members(pbx), 15, "to be signed in")


def wait_refused(pbx: Pbx, now: int, times: int) -> None:
    def refused() -> bool:
        return pbx.steps(now).count("agent|1002|refused") == times

    eventually(refused, 15, f"1002 to be refused {times} times")


def hang_up(pbx: Pbx, phone: Phone) -> None:
    phone.hang_up_all()
    pbx.wait_no_channels()


def test_somebody_elses_chair_is_refused_and_ones_own_moves(pbx: Pbx, now: int) -> None:
    pbx.phone("201")
    pbx.phone("202")
    pbx.sign_in("1001", "201")
    pbx.originate("Local/1002*201@cc-sign-in-request")
    pbx.wait_step("agent|1002|refused", now)
    pbx.sign_in("1001", "202")
    shown = members(pbx)
    assert "1001 (PJSIP/202)" in shown
    assert "PJSIP/201" not in shown
    database = pbx.asterisk("database show cc-phone")
    assert "/cc-phone/202" in database
    assert "/cc-phone/201" not in database


@pytest.mark.parametrize("request_", ["9999*201", "1001*999", "1001*", "1001*201*202", "1001"])
def test_a_request_for_what_is_not_there_signs_nobody_in(pbx: Pbx, request_: str) -> None:
    pbx.originate(f"Local/{request_}@cc-sign-in-request")
    pbx.wait_no_channels()
    assert "PJSIP/999" not in members(pbx)
    assert "9999" not in members(pbx)


def test_no_pin_is_in_any_file_asterisk_writes(pbx: Pbx) -> None:
    sign_in(pbx, pbx.phone("201"), "1001", "4711").wait_ended(15)
    logs = [path for path in pbx.settings.asterisk_log.rglob("*") if path.is_file()]
    assert logs
    for path in logs:
        text = re.sub(r"\b\d{10}\.\d+", "", path.read_text(errors="replace"))  # no instants, no ids
        assert "4711" not in text, path
