"""Phases by events that come late, twice or never."""

from __future__ import annotations

import pytest

from callcenter.dialing.calls_up import CallsUp, CallUp
from callcenter.dialing.campaigns import AtWork, needs_agent
from callcenter.dialing.recover import phase_of
from callcenter.domain import events as e
from callcenter.domain.floor_snapshot import LegNow

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


def test_a_machine_that_agents_take_earns_the_budget_nothing() -> None:
    """The evidence does not count it, so neither may the pacing while it is up."""
    made, call = calls()
    made.take(e.StepReached(104.0, CALL, "machine-detection", "machine", "900 X"))
    made.take(e.StepReached(104.1, CALL, "queue", "sales", ""))
    assert call.phase == "waiting"
    assert AtWork._live(made.unsettled("out")) == (0, 0)
    person = CallUp("b", "other", "out", 2, True, 100.0, phase="waiting")
    made.add(person)
    assert AtWork._live(made.unsettled("out")) == (1, 0)


def test_a_call_asterisk_never_told_of_takes_a_line_for_a_while_only() -> None:
    made, silent = calls()
    made.add(CallUp("b", "other", "out", 2, True, 100.0, started=True))
    made.end_silent(99.0, 219.0)
    assert len(made) == 2
    made.end_silent(101.0, 221.0)
    assert [call.call for call in made.all()] == ["other"]
    assert silent.ended_at == 221.0


def test_by_hand_the_agent_answers_first_and_then_the_lead_rings() -> None:
    made, call = calls()
    call.by_hand, call.detects = True, False
    made.take(e.LegAnswered(101.0, CALL))
    assert call.phase == "ringing"
    assert phase_of(leg(answered=True), by_hand=True) == "ringing"
    made.take(e.LegJoinedBridge(109.0, CALL, CALL, "b"))
    assert call.phase == "talking"


def test_who_presses_a_key_for_an_agent_while_a_message_plays_waits_and_talks() -> None:
    """In a broadcast, and in the message of a person whom no agent was free for."""
    for detail, for_agent in (("broadcast", False), ("abandoned", True)):
        made, call = calls()
        call.detects, call.for_agent = False, for_agent
        made.take(e.LegAnswered(104.0, CALL))
        assert call.phase == ("waiting" if for_agent else "message")
        made.take(e.StepReached(104.1, CALL, "campaign-message", "offer", detail))
        assert call.phase == "message"
        assert not needs_agent(call)
        made.take(e.StepReached(109.0, CALL, "queue", "sales", ""))
        assert call.phase == "waiting"
        assert needs_agent(call)
        made.take(e.LegJoinedBridge(115.0, CALL, CALL, "b"))
        assert call.phase == "talking"
        made.take(e.StepReached(115.1, CALL, "queue", "sales", ""))
        assert call.phase == "talking"


def test_calls_are_shown_by_phase_and_attempt() -> None:
    made, _ = calls()
    made.add(CallUp("b", "other", "in", 2, True, 100.0, phase="talking"))
    made.add(CallUp("c", "third", "in", 3, True, 100.0, phase="talking"))
    assert made.shown("in") == {"up": {"talking": 2}, "calls": {"b": "talking", "c": "talking"}}


def test_who_listens_is_found_listening_again() -> None:
    assert phase_of(leg(answered=True), for_agent=False) == "message"
    asked = leg(answered=True, step="queue", queue="sales")
    assert phase_of(asked, for_agent=False) == "waiting"


def leg(answered: bool, step: str = "", queue: str = "") -> LegNow:
    started = e.LegStarted(100.0, CALL, CALL, "PJSIP/1", "trunk", "town", "", "", "", True)
    place = (step, "sales", "") if step else None
    return LegNow(started, answered, not answered, bridge="", queue=queue, step=place)


@pytest.mark.parametrize(
    ("shown", "phase"),
    [
        (leg(answered=True), "detecting"),
        (leg(answered=True, step="queue", queue="sales"), "waiting"),
        (leg(answered=True, step="queue"), "message"),
    ],
)
def test_what_was_missed_while_nobody_listened_is_caught_up_with(shown: LegNow, phase: str) -> None:
    made, call = calls()
    made.catch_up(call, phase_of(leg(answered=False), detects=True), 103.0)
    assert (call.phase, call.started) == ("ringing", True)
    made.catch_up(call, phase_of(shown, detects=True), 105.0)
    assert call.phase == phase
    made.catch_up(call, "ringing", 106.0)
    assert call.phase == phase


def test_what_asterisk_showed_before_the_message_began_takes_nobody_back_to_waiting() -> None:
    made, call = calls()
    made.catch_up(call, "message", 105.0)
    made.catch_up(call, "waiting", 104.9)
    assert call.phase == "message"
    made.catch_up(call, "waiting", 106.0)  # pressed the key for an agent
    assert call.phase == "waiting"
