from random import Random

from callcenter.demo.callers import RECALL_SECONDS, Callers
from callcenter.demo.directory import people


def calls(callers, until, step=0.5):
    now, placed = 0.0, []
    while now <= until:
        placed += callers.due(now)
        now += step
    return placed


def test_the_first_calls_come_at_once():
    callers = Callers(Random(1), people(), 8, now=0.0)
    assert len(callers.due(0.0)) == 1
    assert len(calls(callers, 2.5)) >= 2


def test_an_hour_has_the_calls_asked_for():
    assert 430 < len(calls(Callers(Random(1), people(), 8, now=0.0), 3600)) < 530


def test_nobody_calls_twice_at_the_same_time():
    callers, last, now = Callers(Random(1), people(200), 10, now=0.0), {}, 0.0
    while now < 3600:
        for plan in callers.due(now):
            before = last.get(plan.caller.number)
            assert before is None or now - before > RECALL_SECONDS - 1
            last[plan.caller.number] = now
        now += 0.5


def test_a_new_rate_holds_at_once_and_zero_is_silence():
    callers = Callers(Random(1), people(), 8, now=0.0)
    calls(callers, 60)
    callers.change_rate(0, 60)
    assert callers.due(10_000) == []
    callers.change_rate(60, 10_000)
    assert 30 < len(callers.due(10_060)) < 100


def test_a_rate_of_zero_from_the_start_is_silence():
    assert calls(Callers(Random(1), people(), 0, now=0.0), 600) == []
