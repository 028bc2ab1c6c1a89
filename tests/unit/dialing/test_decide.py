"""How many calls, by mode; never any with nobody there."""

import dataclasses

import pytest

from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.dialing.calls_up import CallsUp, CallUp
from callcenter.dialing.decide import (
    Learned,
    decide,
    kept_for_callers,
    patience_left_seconds,
)
from callcenter.dialing.lines import RateLimit, free_lines
from callcenter.dialing.staffing import (
    Arrivals,
    callers_waiting,
    inbound_per_second,
    staffing,
)
from callcenter.domain import events as e
from callcenter.domain.campaign import Campaign, KeyAction

READY = Snapshot(1000.0, 4, (), (), (), 0, 0, 30, 0, 0)


def campaign(mode, **more):
    return Campaign("c", "C", "sales", mode=mode, **more)


def dial(mode, snapshot=READY, inbound=0.0, **more):
    return decide(campaign(mode, **more), snapshot, Learned(), inbound).dial


@pytest.mark.parametrize(
    ("mode", "calls"),
    [("manual", 0), ("preview", 0), ("progressive", 4), ("broadcast", 30), ("survey", 30)],
)
def test_calls_by_mode(mode, calls):
    assert dial(mode) == calls


@pytest.mark.parametrize("mode", ["broadcast", "survey"])
@pytest.mark.parametrize(
    ("at_work", "waiting", "calls"), [(4, 0, 30), (4, 3, 30), (4, 4, 0), (0, 0, 0)]
)
def test_a_key_for_an_agent_is_offered_while_agents_can_serve_it(mode, at_work, waiting, calls):
    seen = dataclasses.replace(READY, agents_ready=at_work, waiting=waiting)
    keys = (KeyAction("1", "agent"), KeyAction("9", "do-not-call"))
    assert dial(mode, seen, keys=keys) == calls
    assert dial(mode, seen) == 30


def test_power_dials_its_ratio_less_what_rings_already():
    ringing = dataclasses.replace(READY, ringing_seconds=(1.0, 2.0), detecting=1)
    assert dial("power", ratio=2) == 8
    assert dial("power", ringing, ratio=2) == 5


def test_power_ends_with_the_budget():
    spent = dataclasses.replace(READY, live_answered=40, abandoned=1)
    assert dial("power", spent, ratio=2) == 4
    assert dial("power", dataclasses.replace(spent, saved=1.0), ratio=2) == 8
    assert dial("power", dataclasses.replace(spent, live_answered=70), ratio=2) == 8


@pytest.mark.parametrize("mode", ["progressive", "power", "predictive"])
def test_nothing_is_dialed_with_nobody_at_work_or_no_line(mode):
    assert dial(mode, dataclasses.replace(READY, agents_ready=0)) == 0
    assert dial(mode, dataclasses.replace(READY, free_lines=0)) == 0


def test_those_who_wait_have_the_agents_first():
    waiting = dataclasses.replace(READY, waiting=3)
    assert dial("progressive", waiting) == 1
    assert dial("power", waiting, ratio=2) == 2


def test_predictive_holds_back_for_callers_to_come():
    earned = dataclasses.replace(READY, live_answered=1000, talking_seconds=(30.0,) * 10)
    assert 0 < dial("predictive", earned, inbound=0.1) < dial("predictive", earned)


def test_predictive_never_dials_less_than_the_agents_whom_no_caller_will_take():
    assert dial("predictive", READY, inbound=300 / 3600) == 4
    under_way = dataclasses.replace(READY, ringing_seconds=(1.0,), waiting=1)
    assert dial("predictive", under_way, inbound=300 / 3600) == 2
    spent = dataclasses.replace(READY, live_answered=40, abandoned=1)
    assert dial("predictive", spent, inbound=300 / 3600) == 0


def test_lines_are_the_least_of_campaign_and_trunk():
    assert free_lines(10, 4, 30, 28) == 2
    assert free_lines(10, 12, 30, 0) == 0


@pytest.mark.parametrize(("per_second", "most"), [(3.0, 3), (2.7, 2), (1.0, 1)])
def test_in_no_second_more_calls_than_the_rate(per_second, most):
    rate, placed = RateLimit(), []
    for tick in range(40):
        now = 0.37 * tick
        calls = rate.allows(per_second, now)
        rate.used(calls, now + 0.1)  # writing them down takes a while
        placed += [now + 0.1] * calls
    assert len(placed) >= 0.6 * most * placed[-1]
    assert max(sum(at <= each < at + 1 for each in placed) for at in placed) == most


def test_less_than_a_call_a_second_and_a_clock_that_goes_back():
    rate = RateLimit()
    rate.used(rate.allows(0.25, 100.0), 100.0)
    assert (rate.allows(0.25, 103.9), rate.allows(0.25, 104.0)) == (0, 1)
    rate.used(1, 104.0)
    assert rate.allows(0.25, 50.0) == 1


def test_agents_are_kept_for_callers_when_the_limit_bears_no_more():
    spent = dataclasses.replace(READY, live_answered=40, abandoned=1)
    kept = kept_for_callers(campaign("progressive"), spent, 60 / 3600)
    assert kept == 2  # of the callers of 30 s, half a one on average, more than two come in 1.4 %
    assert dial("progressive", spent, inbound=60 / 3600) == 4 - kept
    assert dial("power", spent, inbound=60 / 3600, ratio=2) == 4 - kept
    assert dial("progressive", spent) == 4  # nobody calls: an agent is sure
    for unspent in (READY, dataclasses.replace(spent, live_answered=70)):
        assert dial("progressive", unspent, inbound=60 / 3600) == 4
    flood = dataclasses.replace(spent, abandoned=30)
    assert dial("progressive", flood, inbound=1.0) == 0


def agent(state, queues, since=90.0):
    return {"state": state, "queues": queues, "since": since}


def test_staffing_counts_the_queues_agents_and_the_callers_they_serve_first():
    agents = {
        "1": agent("ready", ["out"]),
        "2": agent("talking", ["out", "support"]),
        "3": agent("wrap_up", ["out"], 98.0),
        "4": agent("paused", ["out"]),
        "5": agent("ready", ["support"]),
    }
    weights = {"support": 1, "low": 0, "out": 0}
    callers = {"support": 2, "low": 9}
    found = staffing("out", agents, callers, weights, now=100.0)
    assert (found.ready, found.talking_seconds, found.wrap_up_seconds) == (1, (10.0,), (2.0,))
    assert (found.callers_ahead, found.agents) == (1, 3)  # one agent of ours is all they can take
    assert staffing("out", agents, callers | {"out": 2}, weights, now=100.0).callers_ahead == 3
    expected = inbound_per_second("out", agents, weights, {"support": 0.2, "low": 9.0, "out": 0.01})
    assert expected == pytest.approx(0.1 + 0.01)


def waiting(queue, rings=()):
    return {"state": "waiting", "queue": queue, "rings": rings}


def test_callers_are_ahead_until_a_phone_rings_for_them():
    agents = {"1": agent("ringing", ["support"]), "2": agent("ready", ["support"])}
    calls = {
        "1.1": waiting("support"),
        "2.1": waiting("support", ["1"]),
        "3.1": waiting("support", ["2"]),  # asked to ring, and does not yet: 2 looks free
        f"pbx1-{'a' * 32}-1795446000.0": waiting("out"),  # whom a campaign has called
        "4.1": {"state": "talking", "queue": "support", "rings": ()},
    }
    assert dict(callers_waiting(calls, agents)) == {"support": 2, "out": 0}


def test_arrivals_are_counted_over_the_last_minutes():
    arrivals = Arrivals()
    for second in range(0, 601, 20):
        arrivals.note("support", second // 20, float(second))
    assert arrivals.per_second("support", 600.0) == pytest.approx(0.05)
    for second in range(620, 2400, 20):
        arrivals.note("support", 30, float(second))
    assert arrivals.per_second("support", 2400.0) == 0.0


def test_a_call_goes_through_its_phases_and_never_back():
    seen, ended = [], []
    calls = CallsUp(lambda call, before, at: seen.append((before, call.phase)), ended.append)
    calls.add(CallUp("a", "leg", "c", 1, True, 100.0))
    calls.take(e.LegRang(101.0, "leg"))
    calls.take(e.LegAnswered(105.0, "leg"))
    calls.take(e.StepReached(106.8, "leg", "machine-detection", "human", ""))
    calls.take(e.StepReached(106.8, "leg", "queue", "sales", ""))
    calls.take(e.LegJoinedBridge(106.9, "leg", "leg", "b"))
    calls.take(e.LegAnswered(107.0, "leg"))
    calls.take(e.LegEnded(150.0, "leg"))
    calls.take(e.LegEnded(150.0, "leg"))
    assert [after for _, after in seen] == ["ringing", "detecting", "waiting", "talking"]
    [over] = ended
    assert (over.ringing_at, over.answered_at, over.agent_on_at) == (101.0, 105.0, 106.9)
    assert [call.attempt for call in calls.unsettled("c")] == ["a"]
    calls.settled("a")
    assert list(calls.unsettled("c")) == []


def test_the_silence_detection_listens_to_is_part_of_the_patience():
    plain = campaign("predictive", patience_seconds=2.0)
    assert patience_left_seconds(plain) == 2.0
    listening = dataclasses.replace(plain, machine_detection=True)
    assert patience_left_seconds(listening) == pytest.approx(1.2)
    assert patience_left_seconds(dataclasses.replace(listening, patience_seconds=0.5)) > 0
