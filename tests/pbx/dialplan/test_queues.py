"""The ways out of a queue when no agent answers."""

from __future__ import annotations

import pytest

from tests.pbx.dialplan.conftest import Pbx, outsider
from tests.pbx.dialplan.site import BUSY_TRUNK_ADDRESS, EMPTY, TINY
from tests.phones import Phone
from tests.stack import eventually

pytestmark = pytest.mark.pbx


def test_nobody_signed_in_leads_elsewhere(pbx: Pbx, now: int, caller: Phone) -> None:
    caller.call(EMPTY).wait_up()
    steps = pbx.wait_step("voicemail|800|", now)
    assert "queue-exit|empty|JOINEMPTY" in steps


def test_a_signed_in_phone_that_is_gone_counts_as_nobody(pbx: Pbx, now: int, caller: Phone) -> None:
    pbx.sign_in("1001", "203")  # no phone ever registered there
    caller.call(EMPTY).wait_up()
    steps = pbx.wait_step("voicemail|800|", now)
    assert "queue-exit|empty|JOINEMPTY" in steps


def wait_in_queue(pbx: Pbx) -> None:
    """Until one caller is in there; the step is taken at its door."""
    eventually(lambda: "has 1 calls" in pbx.asterisk("queue show tiny"), 5, "a caller to wait")


def test_too_many_waiting_overflow_and_who_waited_too_long_leaves(
    pbx: Pbx, now: int, caller: Phone
) -> None:
    first = caller.call(TINY).wait_up()
    wait_in_queue(pbx)
    second = outsider(pbx, "narrow", BUSY_TRUNK_ADDRESS).call(TINY).wait_up()
    assert "queue-exit|tiny|FULL" in pbx.wait_step("message|closed|", now)
    second.wait_ended()
    assert "queue-exit|tiny|TIMEOUT" in pbx.wait_step("message|open|", now)
    first.wait_ended()


def test_nothing_is_recorded_while_waiting(pbx: Pbx, now: int, caller: Phone) -> None:
    call = caller.call(TINY).wait_up()
    wait_in_queue(pbx)
    call.hang_up()
    [step] = [step for step in pbx.all_steps(now) if step.startswith("recording")]
    path = pbx.settings.recordings / step.split("|")[1]
    assert not path.exists() or path.stat().st_size == 0
