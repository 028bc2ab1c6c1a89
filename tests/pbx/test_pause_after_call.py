"""An agent who pauses while a campaign's call is on its way to them, on a real Asterisk: it is
still theirs, no other one is dialed for them, and then the pause begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from callcenter.domain.campaign import Campaign
from tests.pbx.campaigns import (
    board,
    cleo,
    dialing_stack,
    numbers,
    on_one_call,
    pause,
    people,
    placed,
    settled,
    start,
)
from tests.pbx.talking import wait_hears
from tests.phones import PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import stack_site

pytestmark = pytest.mark.pbx

PERSONS = "127.0.0.10"  # behind this trunk one phone of the tests is everybody
OUT = Campaign(
    "out", "Out", "sales", mode="progressive", state="running", trunk="persons", max_lines=2,
    ring_seconds=30, patience_seconds=3.0, abandoned_prompt="sorry", record=False,
)  # fmt: skip
QUEUE_LOG_EVENTS = ("CONNECT", "COMPLETECALLER", "COMPLETEAGENT", "PAUSE", "PAUSEALL")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("pauses")
    with dialing_stack(home, stack_site(), PERSONS, ("sorry",), ("controller", "ledger")) as stack:
        yield stack


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    """Made ready again once no campaign has leads left to dial for Cleo."""
    try:
        with on_one_call(whole, "manual"):
            yield whole
    finally:
        eventually(lambda: not board(whole)["campaigns"], 20, "the campaigns to be paused")
        whole.control("unpause", agent="1003")


def shown(stack: Stack) -> tuple[str, str, str]:
    agent: dict[str, Any] = stack.floor()["agents"]["1003"]
    return agent["state"], agent["pausing"], agent["pause_reason"] or ""


def wait_shown(stack: Stack, *wanted: str) -> None:
    eventually(lambda: shown(stack) == wanted, 20, f"Cleo to be shown as {wanted}")


def rings_for_cleo(stack: Stack, name: str) -> PhoneCall:
    """A lead's phone, dialed for the one agent there is; more leads are in the list."""
    ring = people(stack).next_call()
    start(stack, replace(OUT, name=name), numbers(3))
    return ring(20)


def logged(stack: Stack) -> list[str]:
    lines = (stack.settings.asterisk_log / "queue_log").read_text().splitlines()
    rows = [line.split("|") for line in lines]
    return [row[4] for row in rows if row[4] in QUEUE_LOG_EVENTS and row[3] == "1003"]


def test_the_call_on_its_way_is_still_theirs_and_then_the_pause_begins(stack: Stack) -> None:
    outside, before = rings_for_cleo(stack, "answers"), len(logged(stack))
    asked = stack.control("pause", agent="1003", reason="Lunch", after_call=True)
    assert asked == {"waits": True}
    wait_shown(stack, "ready", "after-call-on-its-way", "Lunch")
    inside = cleo(stack).next_call()
    outside.answer()
    wait_hears([outside, inside(20).wait_up()], [{cleo(stack).name}, {people(stack).name}])
    wait_shown(stack, "talking", "after-call", "Lunch")
    outside.hang_up()
    wait_shown(stack, "paused", "", "Lunch")
    [row] = settled(stack, "answers", 1)
    assert (row.outcome, row.agent) == ("connected", "1003")
    assert len(placed(stack, "answers")) == 1
    assert logged(stack)[before] == "CONNECT"  # the books have no pause before it


def test_nobody_answers_so_the_pause_begins(stack: Stack) -> None:
    outside = rings_for_cleo(stack, "busy")
    assert stack.control("pause", agent="1003", reason="Break", after_call=True)["waits"]
    outside.reject(486)
    wait_shown(stack, "paused", "", "Break")
    [row] = settled(stack, "busy", 1)
    assert row.outcome == "busy"
    assert len(placed(stack, "busy")) == 1


def test_by_the_phones_code_and_a_second_time_at_once(stack: Stack) -> None:
    rings_for_cleo(stack, "code")
    cleo(stack).call("*132").wait_up().wait_ended(15)
    wait_shown(stack, "ready", "after-call-on-its-way", "Lunch")
    assert not stack.control("pause", agent="1003", reason="Break", after_call=True)["waits"]
    wait_shown(stack, "paused", "", "Break")


def test_without_a_dialer_a_pause_never_waits(stack: Stack) -> None:
    outside = rings_for_cleo(stack, "headless")
    pause(stack, "headless")
    stack.kill9("dialer")
    try:
        assert not stack.control("pause", agent="1003", reason="Lunch", after_call=True)["waits"]
        wait_shown(stack, "paused", "", "Lunch")
        outside.reject(486)
    finally:
        stack.start("dialer")
    eventually(lambda: board(stack), 20, "the dialer to answer again")
