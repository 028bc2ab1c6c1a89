"""Headers of the channels that make an open line, and what is sent to reach one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callcenter.domain import events as e
from callcenter.domain.campaign import Campaign
from callcenter.pbx import actions
from callcenter.pbx.originate import Placing, from_agent
from callcenter.pbx.translate import translate

HALF = "Local/201@cc-line-call-0000001a"
ATTEMPT = "0123456789abcdef" * 2


def start(channel: str, context: str, leg: str) -> e.LegStarted:
    event = translate(
        {
            "Event": "Newchannel",
            "Channel": channel,
            "ChannelStateDesc": "Down",
            "Exten": "201",
            "Context": context,
            "Uniqueid": leg,
            "Linkedid": "caller",
            "Timestamp": "5",
        },
        1.0,
    )
    assert isinstance(event, e.LegStarted)
    return event


def test_the_near_half_is_the_agents_leg_and_the_rest_is_no_part_of_the_call() -> None:
    near = start(f"{HALF};1", "cc-line-call", "near")
    far = start(f"{HALF};2", "cc-line-call", "far")
    line = start("PJSIP/201-00000001", "cc-open-line", "line")
    other = start("PJSIP/201-00000002", "cc-from-phone", "other")
    assert [(leg.line_kind, leg.line, leg.call) for leg in (near, far, line, other)] == [
        ("phone", "201", "caller"),
        ("local", "201@cc-line-call-0000001a;2", "far"),
        ("line", "201", "line"),
        ("phone", "201", "caller"),
    ]


def test_what_is_bridged_beyond_the_agents_leg_joins_no_call() -> None:
    headers = {"Event": "BridgeEnter", "BridgeUniqueid": "b", "Uniqueid": "x", "Linkedid": "old"}
    calls = {}
    for channel, context in (
        (f"{HALF};1", "cc-queue"),
        (f"{HALF};2", "cc-line-call"),
        ("PJSIP/201-00000001", "cc-open-line"),
        ("PJSIP/trunk-carrier-00000001", "cc-queue"),
    ):
        event = translate(headers | {"Channel": channel, "Context": context}, 1.0)
        assert isinstance(event, e.LegJoinedBridge)
        calls[channel.rpartition("-")[2]] = event.call
    assert list(calls.values()) == ["old", "", "old"], calls
    assert calls["0000001a;2"] == ""


def test_a_member_on_a_line_sits_at_the_phone() -> None:
    headers = {"Event": "QueueMemberAdded", "MemberName": "1001", "Queue": "support", "Paused": "0"}
    held = translate(headers | {"Interface": "Local/201@cc-line-call/nm"}, 2.0)
    rung = translate(headers | {"Interface": "PJSIP/201"}, 2.0)
    assert held == e.AgentSignedIn(2.0, "1001", "support", "201", False, "", open_line=True)
    assert rung == e.AgentSignedIn(2.0, "1001", "support", "201", False, "")


def test_the_lines_state_is_the_agents() -> None:
    told = translate({"Event": "DeviceStateChange", "Device": "Agent:1001", "State": "INUSE"}, 2.0)
    assert told == e.LineStateChanged(2.0, "line", "1001", "in_use")


def test_pauses_and_calls_by_hand_go_to_the_line() -> None:
    assert actions.pause("201", True, "Break", open_line=True)["Interface"] == (
        "Local/201@cc-line-call/nm"
    )
    campaign = Campaign("out", "Out", "sales", trunk="carrier")
    placing = Placing(ATTEMPT, f"pbx1-{ATTEMPT}-5.0", "+15550123", "+15550100")
    held = from_agent(campaign, placing, "201", 5, open_line=True)
    assert held["Channel"] == "Local/201@cc-line-call/nm"
    assert not [each for each in held["Variable"] if "PJSIP_HEADER" in each]
    opened = actions.open_line("1001", "201", 5)
    assert (opened["Channel"], opened["Context"], opened["Exten"]) == (
        "PJSIP/201", "cc-open-line", "1001",
    )  # fmt: skip
    for ringing in (opened, from_agent(campaign, placing, "201", 5)):
        assert {"answer-after", "alert-autoanswer"} <= _words(ringing["Variable"])


def _words(variables: str | Sequence[str]) -> set[str]:
    return set(re.split(r"[=;]", ";".join(variables)))
