"""Each recorded situation ends in the books that a person who was there would write."""

from __future__ import annotations

import re

import pytest

from callcenter.db.models.calls import CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.ledger.facts import QUEUE_LOG
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import Lines, books, calls, empty_ledger, feed, rows

# situation → outcome, ended by, last agent, talks as (agent, talk, hold), whole call's wait
SITUATIONS: dict[str, tuple[str, str, str, list[tuple[str, float, float]], float]] = {
    "answered": ("answered", "agent", "1001", [("1001", 2.0, 0)], 0.5),
    "answered_caller_ends": ("answered", "caller", "1001", [("1001", 2.0, 0)], 0.5),
    "menu": ("answered", "caller", "1001", [("1001", 1.0, 0)], 0.5),
    "abandon49": ("abandoned", "caller", "", [], 4.9),
    "abandon51": ("abandoned", "caller", "", [], 5.2),
    "timeout": ("timeout", "system", "", [], 20.0),
    "ringnoanswer": ("answered", "agent", "1002", [("1002", 1.0, 0)], 4.5),
    "hold": ("answered", "caller", "1001", [("1001", 2.06, 2.02)], 0.5),
    "blind": ("answered", "agent", "1001", [("1001", 1.05, 0), ("", 2.05, 0)], 0.5),
    "attended": ("answered", "caller", "1001", [("1001", 1.06, 1.56), ("", 2.0, 0)], 0.5),
    "attended_twice": (
        "answered",
        "agent",
        "1003",
        [("1001", 1.05, 1.56), ("1002", 3.02, 1.56), ("1003", 2.02, 0)],
        0.5,
    ),
    "parked": ("answered", "agent", "1001", [("1001", 1.05, 0), ("", 2.06, 0)], 0.5),
    "voicemail": ("voicemail", "system", "", [], 0.0),
    "two_queues": ("answered", "agent", "1103", [("1103", 1.1, 0)], 7.43),
    "sent_back": ("answered", "agent", "1100", [("1100", 2.69, 0), ("1100", 1.53, 0)], 1.01),
    "no_agents": ("no_agents", "system", "", [], 0.0),
    "internal": ("answered", "caller", "", [("", 1.06, 0)], 0.0),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_recorded_situation_ends_in_true_books(situation: str, database_url: str) -> None:
    outcome, ended_by, agent, talks, wait = SITUATIONS[situation]
    engine = empty_ledger(database_url)
    lines = recorded(situation)
    feed(engine, lines)
    (call,) = calls(engine)
    _assert_every_channel_has_one_end(lines, rows(engine, CallLeg))
    assert (call.outcome, call.ended_by, call.agent) == (outcome, ended_by, agent)
    assert call.wait_seconds == pytest.approx(wait, abs=0.1)
    found = [(t.agent, t.talk_seconds, t.hold_seconds) for t in rows(engine, CallTalk)]
    assert [each[0] for each in found] == [each[0] for each in talks]
    for (_, talked, held), (_, true_talk, true_hold) in zip(found, talks, strict=True):
        assert talked == pytest.approx(true_talk, abs=0.1)
        assert held == pytest.approx(true_hold, abs=0.1)


def _assert_every_channel_has_one_end(lines: Lines, legs: list[CallLeg]) -> None:
    named = {line.split('","')[10] for source, line in lines if source != QUEUE_LOG}
    assert {leg.uniqueid for leg in legs} == named
    assert all(leg.ended_at is not None and leg.cause != "" for leg in legs)


def test_short_and_long_abandons_fall_on_their_own_side_of_five_seconds(
    database_url: str,
) -> None:
    engine = empty_ledger(database_url)
    feed(engine, recorded("abandon49") + recorded("abandon51"))
    waits = sorted(visit.wait_seconds for visit in rows(engine, QueueVisit))
    assert waits[0] < 5 < waits[1]


def test_a_killed_asterisk_cuts_its_calls_and_a_new_one_does_not(database_url: str) -> None:
    engine = empty_ledger(database_url)
    lines = recorded("killed")
    started = [each for each in lines if "QUEUESTART" in each[1]]
    feed(engine, [each for each in lines if each not in started])
    assert calls(engine)[0].ended_at is None
    feed(engine, started)
    (call,) = calls(engine)
    assert (call.outcome, call.ended_by, call.agent) == ("cut", "cut", "1001")
    assert [leg.cause for leg in rows(engine, CallLeg)] == ["cut", "cut"]
    assert rows(engine, CallEvent)[-1].kind == "cut"
    feed(engine, recorded("attended_twice"))  # the Asterisk that came after it
    assert [call.outcome for call in calls(engine)] == ["cut", "answered"]


def test_a_call_in_the_second_of_the_start_is_not_cut_by_it(database_url: str) -> None:
    engine = empty_ledger(database_url)
    lines = recorded("attended_twice")
    second, fraction = lines[0][1].split('","')[1].split(".")
    assert float(f"0.{fraction}") > 0.5
    feed(engine, [(QUEUE_LOG, f"{second}|NONE|NONE|NONE|QUEUESTART|")])
    going_on = [each for each in lines if each[0] == QUEUE_LOG][:1] + lines[:8]
    feed(engine, going_on)
    assert [(call.outcome, call.ended_at) for call in calls(engine)] == [("", None)]


def test_a_ring_is_its_agents_though_an_overloaded_asterisk_measured_it_shorter(
    database_url: str,
) -> None:
    engine = empty_ledger(database_url)
    shorter = [
        (source, re.sub(r"(?<=RINGNOANSWER\|)\d+", lambda ms: str(int(ms[0]) - 900), line))
        for source, line in recorded("ringnoanswer")
    ]
    feed(engine, shorter)
    missed = [event.agent for event in rows(engine, CallEvent) if event.kind == "no_answer"]
    assert missed == ["1001"]


def test_a_hostile_name_is_kept_whole(database_url: str) -> None:
    engine = empty_ledger(database_url)
    feed(engine, recorded("answered"))
    assert calls(engine)[0].caller_name == "Eve, O'Neil <script>"


def test_taking_the_same_files_again_changes_nothing(database_url: str) -> None:
    engine = empty_ledger(database_url)
    everything = [line for name in ("signin", *SITUATIONS, "killed") for line in recorded(name)]
    feed(engine, everything)
    once = books(engine)
    feed(engine, everything)
    assert books(engine) == once
    assert len(once["calls"]) == len(SITUATIONS) + 1
