from dataclasses import replace
from random import Random

from callcenter.demo.behaviour import KeyPress, plan_call
from callcenter.demo.call_file import call_in, phone_dials
from callcenter.demo.directory import Person, people

PLAN = replace(
    plan_call(Random(1), people(1)[0]),
    did="15550100",
    keys=(KeyPress(3.0, "2"), KeyPress(2.0, "10007#")),
    talk_seconds=40.0,
    agent_hangs_up=True,
)


def test_a_plan_becomes_a_call_file():
    lines = call_in(PLAN).splitlines()
    assert "Channel: PJSIP/15550100@pbx" in lines
    assert 'CallerID: "Olivia Andersen" <12025550100>' in lines
    assert "Setvar: CC_KEYS=3.00:2&2.00:10007#" in lines
    assert "Setvar: CC_AGENT_ENDS=38.00" in lines
    assert "MaxRetries: 0" in lines


def test_time_scale_makes_everyone_hurry():
    lines = call_in(PLAN, time_scale=0.5).splitlines()
    assert "Setvar: CC_KEYS=1.50:2&1.00:10007#" in lines
    assert "Setvar: CC_TALK=20.00" in lines


def test_a_name_cannot_add_lines():
    mean = Person("12025550100", 'x"\nChannel: Local/1@a\r; <9>', "en", False, "1")
    text = call_in(replace(PLAN, caller=mean))
    assert sum(line.startswith("Channel:") for line in text.splitlines()) == 1
    assert 'CallerID: "xChannel: Local/1@a 9" <12025550100>' in text


def test_a_phone_dials_a_feature_code():
    text = phone_dials("201", "*11", "1001#ww4321#", "127.0.0.1:5060")
    assert "Channel: PJSIP/phone-201/sip:*11@127.0.0.1:5060\n" in text
    assert "Setvar: CC_DIGITS=1001#ww4321#\n" in text
