"""Phases by events that come late, twice or never."""

from __future__ import annotations

from callcenter.dialing.calls_up import CallsUp, CallUp
from callcenter.domain import events as e

CALL = "pbx1-a-100.0"


def calls() -> tuple[CallsUp, CallUp]:
    made = CallsUp(lambda *_: None, lambda _: None)
    call = CallUp("a", CALL, "out", 1, True, 100.0)
    made.add(call)
    return made, call


def test_a_machine_that_is_left_a_message_is_no_person() -> None:
    made, call = calls()
    made.take(e.StepReached(104.0, CALL, "machine-detection", "machine", "900 X"))
    made.take(e.StepReached(109.0, CALL, "campaign-message", "later", "machine"))
    assert (call.phase, call.abandoned) == ("machine", False)


def test_a_call_asterisk_never_told_of_takes_a_line_for_a_while_only() -> None:
    made, silent = calls()
    made.add(CallUp("b", "other", "out", 2, True, 100.0, started=True))
    made.end_silent(99.0, 219.0)
    assert len(made) == 2
    made.end_silent(101.0, 221.0)
    assert [call.call for call in made.all()] == ["other"]
    assert silent.ended_at == 221.0
