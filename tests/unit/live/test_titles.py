"""People read titles, on the floor and in a call's timeline, never the site's internal names."""

from __future__ import annotations

import pytest

from callcenter.db.models.calls import Call, CallEvent, CallLeg
from callcenter.reports.places import place_names
from tests.unit.site.small import SMALL
from web.calls.words import event_words, side_words
from web.live.shown import shown_calls

PLACES = place_names(SMALL) | {"campaign:spring": "Spring offer"}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("menu:main", "Main menu"),
        ("hours:office:open", "Office"),
        ("phone:201", "Anna"),
        ("voicemail:700", "Company"),
        ("menu:gone", "menu gone"),
        ("", ""),
    ],
)
def test_where_a_call_is(step: str, words: str) -> None:
    call = {"id": "a", "state": "menu", "started_at": 1.0, "step": step}
    (shown,) = shown_calls({"calls": {"a": call}, "agents": {}, "queues": {}}, PLACES)
    assert shown["where"] == words


@pytest.mark.parametrize(
    ("kind", "name", "detail", "words"),
    [
        ("menu", "main", "", "Menu Main menu"),
        ("digit", "main", "1", "Pressed 1 in menu Main menu"),
        ("queue", "support", "", "Entered queue Support"),
        ("hours", "office", "open", "Opening hours Office: open"),
        ("voicemail", "700", "", "Voicemail Company"),
        ("queue", "gone", "", "Entered queue gone"),
        ("attempt", "spring", "a" * 32, "Answered a call of campaign Spring offer"),
        (
            "machine-detection",
            "human",
            "1767 HUMAN-806-800",
            "Machine detection: a person, after 1.8 s",
        ),
        ("campaign-message", "sorry", "abandoned", "Heard that nobody is free: sorry"),
        ("digit", "spring", "9", "Pressed 9"),
    ],
)
def test_what_happened(kind: str, name: str, detail: str, words: str) -> None:
    event = CallEvent(kind=kind, name=name, detail=detail, agent="")
    assert event_words(event, {}, PLACES)[1] == words


def test_a_call_out_did_not_come_in() -> None:
    rang = CallEvent(kind="rang", name="s", detail="", agent="")
    assert event_words(rang, {}, PLACES, "+12125550100")[1] == "+12125550100 rang"


def test_who_was_called_from_a_phone_of_ours_answered_and_not_its_agent() -> None:
    answered = CallEvent(kind="connected", name="", detail="", agent="1001")
    said = [
        event_words(answered, {"1001": "Ann"}, PLACES, "+12125550100", by_called=by_called)[1]
        for by_called in (False, True)
    ]
    assert said == ["Ann answered", "+12125550100 answered"]


@pytest.mark.parametrize(
    ("direction", "recorded", "sides"),
    [
        ("inbound", "pbx1-1.2", ("Caller", "Agent")),
        ("outbound", "pbx1-1.2", ("Called", "Agent")),  # by a campaign, or handed on to a queue
        ("outbound", "pbx1-1.1", ("Agent", "Called")),  # by hand, also on an open line
    ],
)
def test_the_channel_that_recorded_is_on_the_first_track(
    direction: str, recorded: str, sides: tuple[str, str]
) -> None:
    call = Call(direction=direction, caller_number="", recording=f"2026/11/23/{recorded}.raw")
    legs = [
        CallLeg(uniqueid="pbx1-1.1", role="other"),
        CallLeg(uniqueid="pbx1-1.2", role="customer"),
    ]
    assert side_words(call, legs) == sides


def test_a_call_out_is_called_by_the_number_it_rings() -> None:
    out = {"id": "a", "state": "talking", "started_at": 1.0, "direction": "outbound",
           "dialed": "+12125550100"}  # fmt: skip
    floor: dict[str, dict[str, object]] = {"agents": {}, "queues": {}}
    (shown,) = shown_calls(floor | {"calls": {"a": out}}, PLACES)
    assert shown["who"] == "+12125550100"
    (shown,) = shown_calls(floor | {"calls": {"a": out | {"dialed": ""}}}, PLACES)
    assert shown["who"] == "Call out"  # a campaign's, not answered yet
    (shown,) = shown_calls(floor | {"calls": {"a": out | {"direction": "inbound"}}}, PLACES)
    assert shown["who"] == "Withheld"
