"""A scenario file is checked whole, and every refusal names its place."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import pytest

from callcenter.domain.errors import InvalidInput
from callcenter.simulation.b1 import b1
from callcenter.simulation.distributions import distribution
from callcenter.simulation.scenario import mean_of, parse_scenario, read_scenario


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"agents": 0}, "scenario.agents"),
        ({"agents": "ten"}, "scenario.agents"),
        ({"agent": 3}, "unknown agent"),
        ({"talk_seconds": {"dist": "lognormal", "mean": -1, "cv": 1}}, "talk_seconds.mean"),
        ({"talk_seconds": {"dist": "normal", "mean": 1}}, "talk_seconds.dist"),
        ({"talk_seconds": {"dist": "constant", "value": 1, "cv": 2}}, "unknown cv"),
        ({"timeline": [{"at": 5, "human_p": 1.5}]}, "timeline[0].human_p"),
        ({"timeline": [{"at": 5, "human_p": 0.9}]}, "more than 1"),
        ({"timeline": [{"human_p": 0.2}]}, "timeline[0].at"),
        ({"outcomes": {}}, "outcomes.human.p"),
        ({"patience_seconds": float("nan")}, "patience_seconds"),
        ({"abandon_limit": 2}, "abandon_limit"),
    ],
)
def test_a_refusal_names_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput, match=place.replace("[", r"\[").replace("]", r"\]")):
        parse_scenario(b1(5) | change)


def test_a_file_that_is_not_json_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")
    with pytest.raises(InvalidInput, match=r"broken\.json: not JSON"):
        read_scenario(path)
    path.write_text(json.dumps(b1(5)))
    assert read_scenario(path).agents == 5


@pytest.mark.parametrize(
    "spec",
    [
        {"dist": "constant", "value": 7},
        {"dist": "exponential", "mean": 7},
        {"dist": "lognormal", "mean": 7, "cv": 0.8},
        {"dist": "gamma", "mean": 7, "cv": 0.8},
        {"dist": "weibull", "mean": 7, "shape": 1.5},
        {"dist": "empirical", "values": [5, 7, 9]},
        {"dist": "exponential", "mean": 4, "offset": 3},
        {
            "dist": "mixture",
            "parts": [
                {"weight": 1, "value": {"dist": "constant", "value": 4}},
                {"weight": 1, "value": {"dist": "exponential", "mean": 10}},
            ],
        },
    ],
)
def test_every_distribution_has_the_mean_it_says(spec: dict[str, Any]) -> None:
    draw, random = distribution(spec, "here"), Random(3)
    assert fmean(draw(random) for _ in range(20000)) == pytest.approx(7, rel=0.04)
    assert mean_of(spec) == pytest.approx(7)


def test_max_clamps() -> None:
    draw = distribution({"dist": "exponential", "mean": 50, "max": 25}, "here")
    assert max(draw(Random(index)) for index in range(50)) == 25
