"""Menus: options, nested menus, invalid and timeout branches, extensions dialed directly."""

from __future__ import annotations

import pytest

from tests.pbx.dialplan.conftest import Pbx
from tests.pbx.dialplan.site import GROUP, HASTY, MENU
from tests.phones import Phone
from tests.stack import eventually

pytestmark = pytest.mark.pbx


def menu_steps(steps: list[str]) -> list[str]:
    return [step for step in steps if step.startswith(("menu", "digit", "message", "phone"))]


def test_options_lead_on_through_nested_menus(pbx: Pbx, now: int, caller: Phone) -> None:
    call = caller.call(MENU).wait_up()
    call.send_digits("1")
    pbx.wait_step("menu|inner|", now)
    call.send_digits("1")
    call.wait_ended()
    assert menu_steps(pbx.all_steps(now)) == [
        "menu|main|",
        "digit|main|1",
        "menu|inner|",
        "digit|inner|1",
        "message|open|",
    ]


def test_hash_is_an_option_like_any_other(pbx: Pbx, now: int, caller: Phone) -> None:
    call = caller.call(MENU).wait_up()
    call.send_digits("#")
    call.wait_ended()
    assert menu_steps(pbx.all_steps(now)) == ["menu|main|", "digit|main|#", "message|open|"]


def test_silence_repeats_the_prompt_then_leaves_by_timeout(
    pbx: Pbx, now: int, caller: Phone
) -> None:
    caller.call(HASTY).wait_up().wait_ended(15)
    assert menu_steps(pbx.all_steps(now)) == [
        "menu|hasty|",
        "digit|hasty|timeout",
        "digit|hasty|timeout",
        "message|open|",
    ]


def test_wrong_digits_repeat_then_leave_by_invalid(pbx: Pbx, now: int, caller: Phone) -> None:
    call = caller.call(MENU).wait_up()
    call.send_digits("9")
    pbx.wait_step("digit|main|invalid", now)
    call.send_digits("99")
    eventually(lambda: pbx.steps(now).count("digit|main|invalid") == 2, 10)
    call.wait_ended(15)
    assert menu_steps(pbx.all_steps(now))[-1] == "message|closed|"


def test_an_extension_may_be_dialed_from_the_menu(pbx: Pbx, now: int, caller: Phone) -> None:
    desk = pbx.phone("201")
    ring = desk.next_call()
    call = caller.call(MENU).wait_up()
    call.send_digits("201")
    ring(10).answer()
    call.hang_up()
    assert "digit|main|201" in pbx.all_steps(now)


def test_a_ring_group_rings_all_and_goes_on_when_nobody_answers(
    pbx: Pbx, now: int, caller: Phone
) -> None:
    rings = [pbx.phone(number).next_call() for number in ("201", "202")]
    call = caller.call(GROUP)
    for ring in rings:
        ring(10).reject()
    pbx.wait_step("message|closed|", now)
    call.wait_ended(15)


def test_an_unanswered_phone_with_a_mailbox_takes_a_message(pbx: Pbx, now: int) -> None:
    pbx.phone("201").call("203")
    pbx.wait_step("voicemail|203|", now)
