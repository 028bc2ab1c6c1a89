"""A campaign's call as headers: nothing a lead or a form holds is expanded by the dialplan."""

import dataclasses

import pytest

from callcenter.domain.campaign import Campaign, KeyAction, SurveyQuestion
from callcenter.domain.errors import InvalidInput
from callcenter.pbx.originate import Placing, channel_id, from_agent, to_lead

CAMPAIGN = Campaign(
    "spring", "Spring", "sales", trunk="carrier", machine_detection=True, abandoned_prompt="sorry",
    keys=(KeyAction("9", "do-not-call"), KeyAction("*", "again")),
)  # fmt: skip
ATTEMPT = "0123456789abcdef" * 2
PLACING = Placing(ATTEMPT, channel_id("pbx1", ATTEMPT, 1764000000.9), "+12025550100", "+15550100")


def variables(headers):
    return dict(each.split("=", 1) for each in headers["Variable"])


def test_the_lead_is_dialed_on_its_trunk_and_the_call_carries_the_campaign():
    headers = to_lead(CAMPAIGN, PLACING)
    assert headers["Channel"] == "PJSIP/+12025550100@trunk-carrier"
    assert headers["ChannelId"] == f"pbx1-{ATTEMPT}-1764000000.0"
    assert (headers["Context"], headers["Exten"]) == ("cc-dialer", "agent")
    assert headers["Timeout"] == "25000"
    found = variables(headers)
    assert found["CC_ATTEMPT"] == ATTEMPT
    assert found["CC_AMD"] == "2500,1500,800,5000,100,50,3,256,5000"
    assert (found["CC_KEY_9"], found["CC_KEY_star"]) == ("do-not-call", "again")
    assert found["CC_RECORD"] == "whole"  # the greeting too, to hear a verdict again
    silent = dataclasses.replace(CAMPAIGN, record=False)
    assert variables(to_lead(silent, PLACING))["CC_RECORD"] == ""


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("number", "1,2&Local/9@x"),
        ("number", "${SHELL(id)}"),
        ("number", "+1202555\r\nAction: Logoff"),
        ("caller_id", '"x" <1>'),
        ("call", "x,y"),
        ("attempt", "a|b"),
    ],
)
def test_a_hostile_value_of_a_lead_is_refused(place, value):
    hostile = dataclasses.replace(PLACING, **{place: value})
    with pytest.raises(InvalidInput):
        to_lead(CAMPAIGN, hostile)
    if place != "number":
        return
    with pytest.raises(InvalidInput):
        from_agent(CAMPAIGN, hostile, "201", 30)


@pytest.mark.parametrize(
    "change",
    [
        {"queue": "sales,1)&System(x"},
        {"trunk": "carrier/sip:x"},
        {"abandoned_prompt": "../../etc/passwd"},
        {"name": "${X}"},
        {"keys": (KeyAction("9)", "do-not-call"),)},
        {"questions": (SurveyQuestion("q", "p", "12,3"),)},
    ],
)
def test_a_hostile_campaign_is_refused(change):
    with pytest.raises(InvalidInput):
        to_lead(dataclasses.replace(CAMPAIGN, **change), PLACING)


@pytest.mark.parametrize(("seconds", "said"), [(2.0, "2.000"), (0, "0.050"), (0.00001, "0.050")])
def test_no_patience_is_little_patience_and_never_an_endless_one(seconds, said):
    """TIMEOUT(absolute)=0 is no limit to Asterisk, and 1e-05 would be read as 105."""
    campaign = dataclasses.replace(CAMPAIGN, patience_seconds=seconds)
    assert variables(to_lead(campaign, PLACING))["CC_PATIENCE"] == said
