"""What the dialer learns: the share of people among answers, and how long agents are busy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from callcenter.dialer.pacing.answers import AnswerLearner
from callcenter.dialer.pacing.handling import DurationLearner
from tests.unit.dialer.test_pace import learned


def test_the_rate_is_learned() -> None:
    rate, deviation = learned(share=0.25, dials=800).rate(2000.0)
    assert rate == pytest.approx(0.25, abs=0.02)
    assert 0 < deviation < 0.03


def test_a_jump_of_the_rate_is_believed_within_a_hundred_dials() -> None:
    random, learner = Random(5), AnswerLearner()
    for call in range(1600):
        learner.dialed(call, call * 1.0)
        share = 0.10 if call < 1500 else 0.45
        if random.random() < share:
            learner.answered(call, call + 5.0)
        else:
            learner.ended(call, call + 20.0)
    rate, _ = learner.rate(1640.0)
    assert rate > 0.3


def test_ringing_calls_do_not_pull_the_rate_down() -> None:
    """A burst just dialed has had no time to be answered; that is no sign of a lower rate."""
    learner = learned(share=0.25, dials=200)
    before, _ = learner.rate(300.0)
    for call in range(1000, 1100):
        learner.dialed(call, 300.0)
    after, _ = learner.rate(301.0)
    assert after == pytest.approx(before, abs=0.02)


def test_a_high_rate_does_not_contradict_itself() -> None:
    """Of a stream of calls that nine in ten answer, the newest have just begun to ring."""
    random, learner = Random(5), AnswerLearner()
    rates: list[float] = []
    due: list[tuple[float, int, bool]] = []
    for call in range(2000):
        now = call * 0.4
        learner.dialed(call, now)
        due.append((now + random.uniform(2.0, 20.0), call, random.random() < 0.9))
        for ended_at, ended, by_person in [each for each in due if each[0] <= now]:
            (learner.answered if by_person else learner.ended)(ended, ended_at)
        due = [each for each in due if each[0] > now]
        if call >= 500 and call % 5 == 0:
            rates.append(learner.rate(now)[0])
    assert sorted(rates)[len(rates) // 50] > 0.8


def test_chances_are_probabilities_and_rise_with_the_horizon() -> None:
    forecast = learned().forecast(1000.0)
    assert ((forecast.chance >= 0) & (forecast.chance <= 1)).all()
    assert (np.diff(forecast.chance, axis=1) >= -1e-12).all()


def test_a_two_humped_talk_time_is_learned() -> None:
    learner = DurationLearner(np.arange(0.0, 400.0, 10.0), 120.0)
    for index in range(1000):
        learner.ended(25.0 if index % 2 else 305.0)
    hazard = learner.hazard(np.array([]))
    assert hazard[2] > 20 * hazard[15]
    assert hazard[30] > 20 * hazard[15]


def test_talks_still_going_on_count_against_short_ones() -> None:
    learner = DurationLearner(np.arange(0.0, 400.0, 10.0), 120.0)
    learner.ended(5.0)
    alone = learner.hazard(np.array([]))[0]
    with_ongoing = learner.hazard(np.full(50, 200.0))[0]
    assert with_ongoing < alone / 5
