"""What callers do: named by the seed, spread as people are."""

from random import Random

import pytest

from callcenter.demo.behaviour import next_arrival_seconds, plan_call
from callcenter.demo.directory import people
from callcenter.demo.site import MAIN_DID, NIGHT_DID

CALLER = people(1)[0]


def test_a_seed_names_the_whole_afternoon():
    first, again = Random(7), Random(7)
    assert [plan_call(first, CALLER) for _ in range(50)] == [
        plan_call(again, CALLER) for _ in range(50)
    ]
    assert plan_call(Random(8), CALLER) != plan_call(Random(7), CALLER)


def test_arrivals_keep_the_rate():
    random = Random(1)
    minutes = sum(next_arrival_seconds(random, 8) for _ in range(8000)) / 60
    assert 8000 / minutes == pytest.approx(8, rel=0.05)


def test_callers_differ_as_people_do():
    random = Random(2)
    plans = [plan_call(random, CALLER) for _ in range(2000)]
    share = {
        "short patience": sum(p.patience_seconds < 8 for p in plans),
        "wrong key": sum(bool(p.keys) and p.keys[0].digits == "7" for p in plans),
        "no key": sum(p.did == MAIN_DID and not p.keys for p in plans),
        "hold": sum(p.hold_seconds > 0 for p in plans),
        "transfer": sum(bool(p.transfer_to) for p in plans),
        "no answer": sum(p.ignored_offers > 0 for p in plans),
        "agent ends": sum(p.agent_hangs_up for p in plans),
        "closed line": sum(p.did == NIGHT_DID for p in plans),
    }
    assert all(20 < count < 1000 for count in share.values()), share
    assert 25 < sum(p.talk_seconds for p in plans) / len(plans) < 50


def test_a_caller_of_the_closed_line_speaks_to_the_machine():
    random = Random(3)
    plans = [plan_call(random, CALLER) for _ in range(500)]
    assert {p.did == NIGHT_DID for p in plans if p.speaks_to_machine} == {True}
    assert {p.speaks_to_machine for p in plans if p.did == NIGHT_DID} == {True}


def test_hold_ends_before_the_talk_does():
    random = Random(4)
    for plan in (plan_call(random, CALLER) for _ in range(2000)):
        if plan.hold_seconds:
            assert plan.hold_after_seconds + plan.hold_seconds < plan.talk_seconds


def test_nobody_in_the_directory_shares_a_number_or_a_name():
    everyone = people()
    assert len(everyone) == 400
    assert len({each.number for each in everyone}) == 400
    assert len({each.name for each in everyone}) == 400
    assert everyone == people()


def test_numbers_are_the_ones_reserved_for_fiction():
    assert all(each.number[4:9] == "55501" and len(each.number) == 11 for each in people())
