"""`./run bench pacing --policies production`: the dialer's own decision in the simulated world."""

from __future__ import annotations

from callcenter.simulation.b1 import b1
from callcenter.simulation.measure import run_shift
from callcenter.simulation.scenario import parse_scenario
from tests.bench.pacing_production import run_production


def test_without_callers_the_dialer_decides_as_the_simulator_does() -> None:
    scenario = parse_scenario(b1(4, shift_seconds=3600))
    assert run_production(scenario, 1, 0) == run_shift(scenario, "predictive", 1, 0)


def test_callers_to_expect_hold_calls_back() -> None:
    scenario = parse_scenario(b1(4, shift_seconds=3600, inbound_per_hour=40))
    assert run_production(scenario, 1, 0).dials < run_shift(scenario, "predictive", 1, 0).dials
