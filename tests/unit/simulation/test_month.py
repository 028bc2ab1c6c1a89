"""Days in a row (`./run bench pacing --days`): what one leaves to the next."""

from __future__ import annotations

from random import Random

import pytest

from callcenter.dialer.budget import MOST_SAVED, Counted
from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.simulation.b1 import b1
from callcenter.simulation.policies import policy
from callcenter.simulation.scenario import parse_scenario
from callcenter.simulation.world import Tally
from tests.bench.pacing_month import Day, month_summary, run_campaign

SCENARIO = parse_scenario(b1(3, shift_seconds=1800))


@pytest.mark.parametrize(
    ("before", "answered", "abandoned", "saved"),
    [
        (Counted(0, 0), 0, 0, 0.0),  # the first day: the window is today
        (Counted(100, 0), 100, 0, 0.0),  # 3 are left of the window, less than a day may take
        (Counted(1000, 0), 0, 0, MOST_SAVED),  # 30 are left: today takes no more than 4 of them
        (Counted(100, 9), 100, 9, 0.0),  # 6 too many: they are worked off
    ],
)
def test_a_day_begins_with_what_production_would_let_it_spend(
    before: Counted, answered: int, abandoned: int, saved: float
) -> None:
    first = Day(SCENARIO, policy("predictive", SCENARIO), Random(1), before).snapshot()
    assert (first.live_answered, first.abandoned, first.saved) == (answered, abandoned, saved)


def test_a_campaign_of_days_goes_on_with_one_clock_and_knows_its_calls_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[float] = []
    calls: list[int] = []
    learned = policy("progressive", SCENARIO)

    def decide(snapshot: Snapshot) -> int:
        seen.append(snapshot.at_seconds)
        return max(0, snapshot.agents_ready - snapshot.in_flight)

    monkeypatch.setattr(learned, "decide", decide)
    monkeypatch.setattr(learned, "dialed", lambda call, at_seconds: calls.append(call))
    monkeypatch.setattr("tests.bench.pacing_month.policy", lambda *_: learned)
    days = run_campaign(SCENARIO, "progressive", 1, 0, 3)
    assert len(days) == 3
    assert seen == sorted(seen)
    assert seen[-1] > 2 * 86400
    assert len(set(calls)) == len(calls) == sum(day.dials for day in days)


def test_the_highest_window_is_looked_for_at_every_days_end() -> None:
    bad, good = Tally(live_answered=300, abandoned=12), Tally(live_answered=300, abandoned=0)
    few = Tally(live_answered=100, abandoned=50)
    found = month_summary([[few, good], [bad, good, good]], 0.03)
    assert found["highest_window"] == pytest.approx(50 / 400)  # the first evening tells too little
    assert found["windows_over_limit"] == 2
    assert found["highest_last_window"] == pytest.approx(50 / 400)
    assert (found["highest_day"], found["days_over_limit"]) == (pytest.approx(0.04), 1)
