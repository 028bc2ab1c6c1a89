"""The scenario file: read, checked, and turned into values. Its format is docs/simulation.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callcenter.domain.errors import InvalidInput
from callcenter.simulation.distributions import (
    LEAST_MEAN_SECONDS,
    Draw,
    distribution,
    listed,
    number,
    shown,
)

DEFAULT_MISSED_TALK_SECONDS = 8.0
DEFAULT_INBOUND_PATIENCE_SECONDS = 60.0
LONGEST_SHIFT_SECONDS = 366 * 86400.0
MOST_AGENTS = 10_000
MOST_LEADS = 1_000_000_000
MOST_INBOUND_PER_HOUR = 1_000_000.0
KEEPS_EVERY_VALUE_UP_TO = 1000  # of an empirical distribution that we write


@dataclass(frozen=True)
class Change:
    """A point of the timeline: what changes `at` seconds into the shift."""

    at: float
    human_p: float | None = None
    machine_p: float | None = None
    busy_p: float | None = None
    agents: int | None = None
    talk_mean: float | None = None  # talk times are scaled to this mean
    inbound_per_hour: float | None = None


@dataclass(frozen=True)
class Scenario:
    agents: int
    shift_seconds: float
    patience_seconds: float
    abandon_limit: float
    human_p: float
    human_answer_seconds: Draw
    machine_p: float
    machine_answer_seconds: Draw
    machine_detect_seconds: float
    machine_missed_p: float
    busy_p: float
    busy_after_seconds: Draw
    no_answer_after_seconds: Draw
    talk_seconds: Draw
    wrap_up_seconds: Draw
    human_called_machine_p: float = 0.0
    missed_talk_seconds: float = DEFAULT_MISSED_TALK_SECONDS
    talk_mean: float = 0.0  # of talk_seconds as written; needed to scale it on a timeline
    timeline: tuple[Change, ...] = ()
    leads: int = MOST_LEADS
    inbound_per_hour: float = 0.0
    inbound_patience_seconds: float = DEFAULT_INBOUND_PATIENCE_SECONDS
    document: Mapping[str, Any] = field(default_factory=dict, compare=False)


KEYS = {
    "agents",
    "shift_seconds",
    "patience_seconds",
    "abandon_limit",
    "outcomes",
    "timeline",
    "human_called_machine_p",
    "missed_talk_seconds",
    "talk_seconds",
    "wrap_up_seconds",
    "leads",
    "inbound_per_hour",
    "inbound_patience_seconds",
}
OUTCOME_KEYS = {
    "human": {"p", "answer_seconds"},
    "machine": {"p", "answer_seconds", "detect_seconds", "missed_p"},
    "busy": {"p", "after_seconds"},
    "no_answer": {"after_seconds"},
}


def read_scenario(path: Path) -> Scenario:
    """The scenario in `path`. Raises InvalidInput that names the file and the place."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text, object_pairs_hook=_without_twins)
        return parse_scenario(document)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
    except ValueError as error:
        raise InvalidInput(f"{path}: not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidInput(f"{path}: nested too deeply; distributions need a few levels") from error


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object, unless it says one thing twice: which one was meant?"""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"{shown(twice)} stands twice in one object; remove one of them")
    return read


def parse_scenario(document: object) -> Scenario:
    """A checked Scenario. Raises InvalidInput that names the place."""
    root = _object(document, "scenario", KEYS)
    outcomes = _object(root.get("outcomes", {}), "outcomes", set(OUTCOME_KEYS))
    part = {
        name: _object(outcomes.get(name, {}), f"outcomes.{name}", keys)
        for name, keys in OUTCOME_KEYS.items()
    }
    scenario = Scenario(
        agents=_whole(root, "agents", 1, most=MOST_AGENTS),
        shift_seconds=number(
            root, "shift_seconds", "scenario", default=28800, least=1, most=LONGEST_SHIFT_SECONDS
        ),
        patience_seconds=number(root, "patience_seconds", "scenario", default=2.0),
        abandon_limit=_probability(root, "abandon_limit", "scenario", 0.03),
        human_p=_probability(part["human"], "p", "outcomes.human", None),
        human_answer_seconds=_draw(part["human"], "answer_seconds", "outcomes.human"),
        machine_p=_probability(part["machine"], "p", "outcomes.machine", 0.0),
        machine_answer_seconds=_draw(part["machine"], "answer_seconds", "outcomes.machine", 10),
        machine_detect_seconds=number(
            part["machine"], "detect_seconds", "outcomes.machine", default=0.0
        ),
        machine_missed_p=_probability(part["machine"], "missed_p", "outcomes.machine", 0.0),
        busy_p=_probability(part["busy"], "p", "outcomes.busy", 0.0),
        busy_after_seconds=_draw(part["busy"], "after_seconds", "outcomes.busy", 4),
        no_answer_after_seconds=_draw(part["no_answer"], "after_seconds", "outcomes.no_answer", 25),
        talk_seconds=_draw(root, "talk_seconds", "scenario"),
        wrap_up_seconds=_draw(root, "wrap_up_seconds", "scenario", 0),
        human_called_machine_p=_probability(root, "human_called_machine_p", "scenario", 0.0),
        missed_talk_seconds=number(
            root, "missed_talk_seconds", "scenario", default=DEFAULT_MISSED_TALK_SECONDS
        ),
        talk_mean=mean_of(root.get("talk_seconds")),
        timeline=_timeline(root.get("timeline", [])),
        leads=_whole(root, "leads", 0, default=MOST_LEADS),
        inbound_per_hour=_inbound(root, "scenario"),
        inbound_patience_seconds=number(
            root,
            "inbound_patience_seconds",
            "scenario",
            default=DEFAULT_INBOUND_PATIENCE_SECONDS,
            least=1,
        ),
        document=root,
    )
    _check_probabilities(scenario)
    return scenario


def mean_of(spec: object) -> float:
    """Mean of a distribution as written (its offset added, its max not applied)."""
    if isinstance(spec, int | float):
        return float(spec)
    if not isinstance(spec, Mapping):
        return 0.0
    offset = float(spec.get("offset", 0.0))
    if "values" in spec:
        return offset + sum(spec["values"]) / len(spec["values"])
    if "parts" in spec:
        total = float(sum(part["weight"] for part in spec["parts"]))
        weighted = sum(float(part["weight"]) * mean_of(part["value"]) for part in spec["parts"])
        return offset + weighted / total
    return offset + float(spec.get("mean", spec.get("value", 0.0)))


def _timeline(points: object) -> tuple[Change, ...]:
    if not isinstance(points, list):
        raise InvalidInput("timeline: expected a list of {at, …}")
    keys = set(Change.__dataclass_fields__)
    changes = []
    for index, point in enumerate(points):
        place = f"timeline[{index}]"
        values = _object(point, place, keys)
        read: dict[str, Any] = {"at": number(values, "at", place)}
        for key in ("human_p", "machine_p", "busy_p"):
            if key in values:
                read[key] = _probability(values, key, place, None)
        if "talk_mean" in values:
            read["talk_mean"] = number(values, "talk_mean", place, least=LEAST_MEAN_SECONDS)
        if "inbound_per_hour" in values:
            read["inbound_per_hour"] = _inbound(values, place)
        if "agents" in values:
            read["agents"] = _whole(values, "agents", 0, most=MOST_AGENTS, place=place)
        changes.append(Change(**read))
    return tuple(sorted(changes, key=lambda change: change.at))


def _check_probabilities(scenario: Scenario) -> None:
    human, machine, busy = scenario.human_p, scenario.machine_p, scenario.busy_p
    for place, change in [
        ("outcomes", None),
        *((f"timeline at {c.at:g}", c) for c in scenario.timeline),
    ]:
        if change is not None:
            human = human if change.human_p is None else change.human_p
            machine = machine if change.machine_p is None else change.machine_p
            busy = busy if change.busy_p is None else change.busy_p
        if human + machine + busy > 1 + 1e-9:
            raise InvalidInput(
                f"{place}: human + machine + busy is {human + machine + busy:g}, "
                "more than 1; lower one of them"
            )


def _object(value: object, place: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{place}: expected an object")
    unknown = set(value) - known
    if unknown:
        raise InvalidInput(f"{place}: unknown {listed(unknown)}; known are {listed(known)}")
    return value


def _whole(
    values: Mapping[str, Any],
    key: str,
    least: int,
    *,
    most: int = MOST_LEADS,
    default: int | None = None,
    place: str = "scenario",
) -> int:
    value = number(values, key, place, default=default, least=least, most=most)
    if value != int(value):
        raise InvalidInput(f"{place}.{key}: expected a whole number, got {value:g}")
    return int(value)


def _inbound(values: Mapping[str, Any], place: str) -> float:
    return number(values, "inbound_per_hour", place, default=0.0, most=MOST_INBOUND_PER_HOUR)


def _probability(values: Mapping[str, Any], key: str, place: str, default: float | None) -> float:
    return number(values, key, place, default=default, most=1.0)


def _draw(values: Mapping[str, Any], key: str, place: str, default: float | None = None) -> Draw:
    if key not in values and default is None:
        raise InvalidInput(f"{place}.{key}: is missing")
    return distribution(values.get(key, default), f"{place}.{key}")
