"""The simulated shift: conservation, determinism, and baselines at their published figures."""

from __future__ import annotations

import pytest

from callcenter.domain.errors import InvalidInput
from callcenter.simulation.b1 import b1
from callcenter.simulation.measure import run_shift, run_shifts, summary
from callcenter.simulation.policies import POLICIES, policy
from callcenter.simulation.scenario import parse_scenario
from callcenter.simulation.side_by_side import shifts_side_by_side
from callcenter.simulation.world import Tally

SHORT = {"shift_seconds": 3600}
EVERY_POLICY = [*POLICIES, "ratio:2.5", "wombat:3"]


@pytest.mark.parametrize("name", EVERY_POLICY)
def test_every_person_is_connected_abandoned_or_still_waiting(name: str) -> None:
    tally = run_shift(parse_scenario(b1(6, **SHORT)), name, 1, 0)
    assert tally.dials > 50
    assert 0 <= tally.live_answered - tally.connected - tally.abandoned <= 6
    assert tally.talk_seconds + tally.wrap_up_seconds <= tally.staffed_seconds
    assert tally.staffed_seconds == pytest.approx(6 * 3600)


def test_the_same_seed_gives_the_same_shift() -> None:
    scenario = parse_scenario(b1(5, **SHORT))
    assert run_shift(scenario, "predictive", 7, 0) == run_shift(scenario, "predictive", 7, 0)
    assert run_shift(scenario, "predictive", 7, 0) != run_shift(scenario, "predictive", 8, 0)


def test_shifts_on_many_cores_are_the_same_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = parse_scenario(b1(3, **SHORT))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    side_by_side = list(shifts_side_by_side(scenario, "ratio:2", 3, 5))
    assert side_by_side == run_shifts(scenario, "ratio:2", 3, 5)


@pytest.mark.parametrize(
    ("name", "utilisation"), [("progressive", 0.659), ("vicidial-hard-limit", 0.659)]
)
def test_baselines_agree_with_the_reference_at_ten_agents(name: str, utilisation: float) -> None:
    scenario = parse_scenario(b1(10))
    result = summary(scenario, run_shifts(scenario, name, 4, 1))
    assert result["utilisation"] == pytest.approx(utilisation, abs=0.015)


def test_progressive_abandons_nobody() -> None:
    assert run_shift(parse_scenario(b1(10, **SHORT)), "progressive", 1, 0).abandoned == 0


def test_ours_beats_progressive_within_the_limit() -> None:
    scenario = parse_scenario(b1(5))
    ours = summary(scenario, [run_shift(scenario, "predictive", 1, 0)])
    progressive = summary(scenario, [run_shift(scenario, "progressive", 1, 0)])
    assert ours["shifts_over_limit"] == 0
    assert float(str(ours["utilisation"])) > float(str(progressive["utilisation"])) + 0.06


@pytest.mark.parametrize("name", ["predictive", "webitel"])
def test_no_limit_at_all_and_long_patience_are_no_trouble(name: str) -> None:
    """A limit of 0 allows nobody to be abandoned; patience may be longer than any ringing."""
    none = run_shift(parse_scenario(b1(4, abandon_limit=0, **SHORT)), name, 1, 0)
    patient = run_shift(parse_scenario(b1(4, patience_seconds=45, **SHORT)), name, 1, 0)
    assert none.dials > 50
    assert patient.dials > 50


def test_leads_run_out() -> None:
    tally = run_shift(parse_scenario(b1(5, leads=40, **SHORT)), "ratio:3", 1, 0)
    assert tally.dials == 40


def test_agents_leave_after_their_call_and_come_back() -> None:
    timeline = [{"at": 1200, "agents": 2}, {"at": 2400, "agents": 5}]
    tally = run_shift(parse_scenario(b1(5, timeline=timeline, **SHORT)), "progressive", 1, 0)
    least = 5 * 1200 + 2 * 1200 + 5 * 1200
    assert least <= tally.staffed_seconds <= least + 3 * 400


def test_inbound_callers_are_served_first() -> None:
    tally: Tally = run_shift(
        parse_scenario(b1(5, inbound_per_hour=60, **SHORT)), "progressive", 1, 0
    )
    assert tally.inbound_offered > 30
    assert tally.inbound_answered >= 0.8 * tally.inbound_offered


def test_people_called_machines_are_counted_apart() -> None:
    tally = run_shift(parse_scenario(b1(5, human_called_machine_p=0.2, **SHORT)), "ratio:2", 1, 0)
    assert tally.false_machines > 0
    assert tally.live_answered >= tally.false_machines + tally.connected + tally.abandoned


def test_an_unknown_policy_is_refused_with_the_known_ones() -> None:
    scenario = parse_scenario(b1(5))
    for name in ("vicidal", "ratio:", "ratio:-1", "ratio:nan", "wombat:1e308"):
        with pytest.raises(InvalidInput, match="predictive"):
            policy(name, scenario)
