"""Listen, whisper and barge: who hears whom, and switching between them on one leg."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from callcenter.control import ControlClient
from callcenter.domain.errors import Conflict
from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone, PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import SUPERVISOR_PHONE

pytestmark = pytest.mark.pbx


def talking_call(stack: Stack, caller: str) -> dict[str, Any]:
    """The live floor's picture of this caller's talking call."""

    def found() -> dict[str, Any] | None:
        calls = stack.floor()["calls"].values()
        mine = [each for each in calls if each["caller_number"] == caller]
        return next((each for each in mine if each["state"] == "talking"), None)

    return eventually(found, 5, f"the call of {caller} on the floor") or {}


def expected(mode: str, caller: str, agent: str, boss: str) -> list[set[str]]:
    """Who hears whom, in the order caller, agent, supervisor."""
    heard_at_caller = {agent, boss} if mode == "barge" else {agent}
    heard_at_agent = {caller} if mode == "listen" else {caller, boss}
    return [heard_at_caller, heard_at_agent, {caller, agent}]


def begin(stack: Stack, supervisor: Phone, mode: str) -> tuple[str, PhoneCall]:
    call = talking_call(stack, "15550199")
    ring = supervisor.next_call()
    phone = supervisor.name
    spy = stack.control("spy", call=call["id"], supervisor_phone=phone, mode=mode)["spy"]
    return spy, ring().wait_up()


def wait_mode(stack: Stack, mode: str) -> None:
    def seen() -> bool:
        return [each["mode"] for each in talking_call(stack, "15550199")["spies"]] == [mode]

    eventually(seen, 5, f"the floor to show {mode}")


@pytest.mark.parametrize("mode", ["listen", "whisper", "barge"])
def test_each_mode_carries_the_supervisor_to_whom_it_should(
    stack: Stack, caller: Phone, ann: Phone, supervisor: Phone, mode: str
) -> None:
    outside, inside = talk(caller, ann)
    _, spying = begin(stack, supervisor, mode)
    calls = [outside, inside, spying]
    wait_hears(calls, expected(mode, caller.name, ann.name, supervisor.name))
    spying.hang_up()
    wait_hears([outside, inside], [{ann.name}, {caller.name}])
    outside.hang_up()


def test_switching_needs_no_new_call_and_stopping_leaves_the_call_alone(
    stack: Stack, caller: Phone, ann: Phone, supervisor: Phone
) -> None:
    outside, inside = talk(caller, ann)
    spy, spying = begin(stack, supervisor, "listen")
    calls = [outside, inside, spying]
    rings = len(supervisor.calls)
    for mode in ("listen", "whisper", "barge", "listen"):
        stack.control("switch_spy", spy=spy, mode=mode)
        wait_hears(calls, expected(mode, caller.name, ann.name, supervisor.name))
        wait_mode(stack, mode)
        assert len(supervisor.calls) == rings
    stack.control("stop_spy", spy=spy)
    spying.wait_ended()
    wait_hears([outside, inside], [{ann.name}, {caller.name}])
    outside.hang_up()


def test_the_spy_ends_with_the_call(
    stack: Stack, caller: Phone, ann: Phone, supervisor: Phone
) -> None:
    outside, _ = talk(caller, ann)
    _, spying = begin(stack, supervisor, "whisper")
    outside.hang_up()
    spying.wait_ended()


def test_a_digit_on_the_supervisors_own_phone_switches_and_the_floor_knows(
    stack: Stack, caller: Phone, ann: Phone, supervisor: Phone
) -> None:
    outside, inside = talk(caller, ann)
    spy, spying = begin(stack, supervisor, "listen")
    calls = [outside, inside, spying]
    for digit, mode in (("5", "whisper"), ("6", "barge"), ("4", "listen")):
        spying.send_digits(digit)
        wait_mode(stack, mode)
        wait_hears(calls, expected(mode, caller.name, ann.name, supervisor.name))
    spying.send_digits("5")
    wait_hears(calls, expected("whisper", caller.name, ann.name, supervisor.name))
    wait_mode(stack, "whisper")
    stack.restart("controller")
    wait_mode(stack, "whisper")
    assert talking_call(stack, "15550199")["spies"] == [
        {"spy": spy, "supervisor": "209", "mode": "whisper", "connected": True}
    ]
    stack.control("stop_spy", spy=spy)
    spying.wait_ended()
    outside.hang_up()


def test_a_spy_that_still_rings_is_shown_and_can_be_stopped(
    stack: Stack, caller: Phone, ann: Phone
) -> None:
    outside, inside = talk(caller, ann)
    boss = stack.phone(SUPERVISOR_PHONE, answer="manual")
    call, ring = talking_call(stack, "15550199")["id"], boss.next_call()
    asked = {"call": call, "supervisor_phone": SUPERVISOR_PHONE, "mode": "whisper"}
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(
            ControlClient(stack.settings.control_socket).request, "spy", asked, deadline_seconds=60
        )
        ringing = ring()
        [shown] = eventually(lambda: talking_call(stack, "15550199")["spies"], 5, "the spy")
        assert (shown["supervisor"], shown["connected"]) == (SUPERVISOR_PHONE, False)
        stack.control("stop_spy", spy=shown["spy"])
        ringing.wait_ended()
        with pytest.raises(Conflict):
            refused.result(60)
    eventually(lambda: talking_call(stack, "15550199")["spies"] == [], 5, "no spy left")
    wait_hears([outside, inside], [{ann.name}, {caller.name}])
    outside.hang_up()
