"""Headers → events, and commands → headers."""

from __future__ import annotations

import pytest

from callcenter.domain import events as e
from callcenter.domain.errors import InvalidInput
from callcenter.pbx import actions
from callcenter.pbx.translate import line_of, translate, translate_text
from callcenter.pbx.wire import Reader, clean, decode


def test_a_channel_of_a_trunk() -> None:
    event = translate(
        {
            "Event": "Newchannel",
            "Channel": "PJSIP/trunk-provider-0000002a",
            "ChannelStateDesc": "Ring",
            "CallerIDNum": "+49301",
            "CallerIDName": "<script>alert(1)</script>",
            "Exten": "5550100",
            "Uniqueid": "pbx1-1.12",
            "Linkedid": "pbx1-1.12",
            "Timestamp": "1795392787.25",
        },
        1.0,
    )
    assert event == e.LegStarted(
        1795392787.25, "pbx1-1.12", "pbx1-1.12", "PJSIP/trunk-provider-0000002a", "trunk",
        "provider", "+49301", "<script>alert(1)</script>", "5550100", False,
    )  # fmt: skip


def test_two_calls_in_one_second_stay_two() -> None:
    ended = [translate({"Event": "Hangup", "Uniqueid": f"pbx1-1.{n}"}, 1.0) for n in (1, 2)]
    assert ended == [e.LegEnded(1.0, "pbx1-1.1"), e.LegEnded(1.0, "pbx1-1.2")]


def test_a_header_is_read_at_its_line_only() -> None:
    text = "Event: Hangup\r\nCallerIDName: x Uniqueid: evil\r\nUniqueid: good"
    for _ in ("searched", "by the layout learned from it"):
        assert translate_text(b"Event: Hangup", text, 1.0) == e.LegEnded(1.0, "good")


LAYOUTS = [
    "Event: X\r\nA: 1\r\nB: 2",
    "Event: X\r\nB: 2\r\nA: 1",  # another order
    "Event: X\r\nA: 1\r\nC: B: 9\r\nB: 2\r\nA: 3",  # the first of two counts
    "Event: X\r\nA: 1\r\nno header\r\nB: 2\r\nC:",
    "Event: X\r\nB: \r\nA: 1\ncontinued\rhere",
    "Event: X\r\nC: 5",
    "Event: X\r\nA: 1\r\nB:2\r\nB: 2",
]


def test_a_learned_layout_reads_what_a_search_finds() -> None:
    reader = Reader(("A", "B"))
    searched = {text: [reader._search(text, f"\r\n{key}: ") for key in "AB"] for text in LAYOUTS}
    for _ in range(3):
        assert {text: list(reader.values(text)) for text in LAYOUTS} == searched
    assert len(reader._layouts) == len(LAYOUTS) - 1, "a bare line break within a value is no layout"


def test_layouts_without_end_are_read_but_not_kept() -> None:
    reader = Reader(("A", "B"))
    for number in range(100):
        assert list(reader.values(f"Event: X\r\nK{number}: x\r\nA: 1\r\nB: 2")) == ["1", "2"]
    assert len(reader._layouts) < 20


def test_other_user_events_and_unknown_types_are_nothing() -> None:
    assert translate({"Event": "UserEvent", "UserEvent": "Mine"}, 1.0) is None
    assert translate({"Event": "VarSet"}, 1.0) is None


@pytest.mark.parametrize(
    ("device", "line"),
    [
        ("PJSIP/201", ("phone", "201")),
        ("PJSIP/trunk-provider", ("trunk", "provider")),
        ("Local/1001*201@x-00000001;1", ("local", "1001*201@x-00000001;1")),
        ("Queue:support", ("other", "Queue:support")),
    ],
)
def test_lines(device: str, line: tuple[str, str]) -> None:
    assert line_of(device) == line


def test_control_characters_are_stripped_and_text_kept() -> None:
    assert clean("A\x00d\x1ba\x7f <b>") == "Ada <b>"
    assert clean("<unknown>") == ""
    assert decode("Zoë".encode("latin-1")) == "Zoë"


@pytest.mark.parametrize("phone", ["201@evil", "201&PJSIP/x", "", "2", "٢٠١", "201\n"])
def test_only_digits_reach_a_dial_string(phone: str) -> None:
    with pytest.raises(InvalidInput):
        actions.sign_in("1001", phone, 5)
    with pytest.raises(InvalidInput):
        actions.spy("spy-1", phone, "PJSIP/201-00000001", "listen", 5, False)


@pytest.mark.parametrize("handle", ["PJSIP/201,qdE)&System(x", "201", "PJSIP/201 x"])
def test_only_a_channel_is_spied_on(handle: str) -> None:
    with pytest.raises(InvalidInput):
        actions.spy("spy-1", "209", handle, "listen", 5, False)


def test_a_name_comes_without_the_escapes_of_sip() -> None:
    headers = {
        "Event": "Newchannel", "Channel": "PJSIP/trunk-carrier-00000001", "Uniqueid": "u",
        "Linkedid": "u", "ChannelStateDesc": "Ring", "CallerIDNum": "1", "Exten": "2",
        "CallerIDName": "Zoë O\\'Brien",
    }  # fmt: skip
    event = translate(headers, 1.0)
    assert isinstance(event, e.LegStarted)
    assert event.caller_name == "Zoë O'Brien"
