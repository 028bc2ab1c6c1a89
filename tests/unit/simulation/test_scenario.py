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
        ({"agents": True}, "scenario.agents"),
        ({"agents": 2.5}, "a whole number, got 2.5"),
        ({"agents": 10**9}, "from 1 to 10,000"),
        ({"agents": 10**400}, "scenario.agents"),
        ({"shift_seconds": 1e300}, "scenario.shift_seconds"),
        ({"inbound_per_hour": 1e12}, "scenario.inbound_per_hour"),
        ({"talk_seconds": {"dist": ["lognormal"]}}, "talk_seconds.dist"),
        ({"talk_seconds": {"dist": "lognormal", "mean": 9}}, "talk_seconds.cv: is missing"),
        ({"talk_seconds": {"dist": "lognormal", "mean": 9, "cv": 1e200}}, "talk_seconds.cv"),
        ({"talk_seconds": {"dist": "gamma", "mean": 9, "cv": 1e-200}}, "talk_seconds.cv"),
        ({"talk_seconds": {"dist": "weibull", "mean": 9, "shape": 1e-3}}, "talk_seconds.shape"),
        ({"talk_seconds": {"dist": "empirical", "values": []}}, "talk_seconds.values"),
        ({"talk_seconds": {"dist": "empirical", "values": ["9"]}}, "values[0].value"),
        (
            {"talk_seconds": {"dist": "mixture", "parts": [{"weight": 0, "value": 9}]}},
            "every weight is 0",
        ),
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
    ("text", "why"),
    [
        ('{"agents": 3, "agents": 4}', "'agents' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("", "not JSON"),
        ("[]", "scenario: expected an object"),
    ],
)
def test_a_file_that_means_nothing_is_refused_in_one_line(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=why) as refused:
        read_scenario(path)
    assert "\n" not in str(refused.value)


def test_what_the_documentation_shows_is_accepted() -> None:
    page = (Path(__file__).parents[3] / "docs/simulation.md").read_text(encoding="utf-8")
    shown = page.split("```json")[1].split("```")[0]
    assert parse_scenario(json.loads(shown)).timeline[0].talk_mean == 90
    least = {"agents": 1e1, "outcomes": {"human": {"p": 1, "answer_seconds": 3}}}
    assert parse_scenario(least | {"talk_seconds": 60}).agents == 10


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
