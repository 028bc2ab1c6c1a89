"""Caller and agent hear each other; the recording has the caller left and the agent right."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from callcenter.db.engine import sessions
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone, Tones
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx


def test_caller_and_agent_hear_each_other_and_the_recording_has_a_side_each(
    stack: Stack, caller: Phone, ann: Phone
) -> None:
    before = set(stack.settings.recordings.rglob("*.raw"))
    outside, inside = talk(caller, ann)
    outside.hang_up()
    inside.wait_ended()
    stack.wait_no_channels()
    [file] = eventually(lambda: set(stack.settings.recordings.rglob("*.raw")) - before, 5)
    both = {caller.hz, ann.hz}
    assert Tones.read(file, channel=0).part(0.3, 60).heard(both) == {caller.hz}
    assert Tones.read(file, channel=1).part(0.3, 60).heard(both) == {ann.hz}


def test_two_desk_phones_call_each_other(stack: Stack) -> None:
    here, there = stack.phone("203"), stack.phone("204")
    ring = there.next_call()
    placed = here.call("204")
    taken = ring().answer()
    placed.wait_up()
    wait_hears([placed, taken], [{there.name}, {here.name}])
    placed.hang_up()
    taken.wait_ended()


def test_a_recording_that_cannot_be_written_costs_no_call_and_is_reported(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    caller, recordings = new_caller(), stack.settings.recordings
    aside = recordings.with_name("recordings-aside")
    recordings.rename(aside)
    recordings.write_text("a file where the folder should be: every recording fails to open")
    try:
        outside, inside = talk(caller, ann)
        wait_hears([outside, inside], [{ann.name}, {caller.name}])
        outside.hang_up()
        inside.wait_ended()
    finally:
        recordings.unlink()
        aside.rename(recordings)
    [record] = stack.wait_one_record_each([caller.number])
    assert (record.outcome, record.agent) == ("answered", "1001")
    with sessions(stack.engine)() as session:
        found = reconcile(session, recordings, time.time() + SETTLE_SECONDS + 1)
    assert f"the recording {record.recording} is not there" in [each.why for each in found]
    late = recordings / record.recording  # the books of this stack are judged by other tests too
    late.parent.mkdir(parents=True, exist_ok=True)
    late.write_bytes(b"")
