"""Distributions of a scenario file, drawn with a given random source.

A specification is a JSON object: `{"dist": NAME, …parameters, "offset": seconds, "max": seconds}`.
The draw is clamped to `max` after `offset` is added. Everything is in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from callcenter.domain.errors import InvalidInput

Draw = Callable[[Random], float]

MOST = 1e9  # of any number; 31 years, if it is seconds
LEAST_SPREAD, MOST_SPREAD = 0.01, 100.0  # of cv and shape; beyond it floats overflow
LEAST_MEAN_SECONDS = 0.001


def distribution(spec: object, place: str) -> Draw:
    """A drawing function for `spec`. Raises InvalidInput that names `place`."""
    if isinstance(spec, int | float) and not isinstance(spec, bool):
        spec = {"dist": "constant", "value": spec}
    if not isinstance(spec, Mapping):
        raise InvalidInput(f"{place}: expected a distribution such as {EXAMPLE}")
    kind = spec.get("dist")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise InvalidInput(f"{place}.dist: {shown(kind)} is not one of {', '.join(_KINDS)}")
    build, known = _KINDS[kind]
    unknown = set(spec) - known - {"dist", "offset", "max"}
    if unknown:
        raise InvalidInput(f"{place}: unknown {listed(unknown)} for {kind}")
    return _shifted(build(spec, place), spec, place)


EXAMPLE = '{"dist": "lognormal", "mean": 8.5, "cv": 0.6}'


def _shifted(draw: Draw, spec: Mapping[str, Any], place: str) -> Draw:
    offset = number(spec, "offset", place, default=0.0)
    longest = number(spec, "max", place, default=math.inf)
    if offset == 0.0 and longest == math.inf:
        return draw
    return lambda random: min(offset + draw(random), longest)


def number(
    spec: Mapping[str, Any],
    key: str,
    place: str,
    *,
    default: float | None = None,
    least: float = 0.0,
    most: float = MOST,
) -> float:
    """`spec[key]` as a number from `least` to `most`. Raises InvalidInput."""
    if key not in spec:
        if default is None:
            raise InvalidInput(f"{place}.{key}: is missing")
        return default
    value = spec[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(f"{place}.{key}: expected a number, got {shown(value)}")
    if not least <= value <= most:  # nor is NaN
        raise InvalidInput(
            f"{place}.{key}: must be a number from {least:g} to {most:,.15g}, got {shown(value)}"
        )
    return float(value)


def shown(value: object) -> str:
    """The value as a refusal shows it: one line, not too long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def listed(names: Iterable[str]) -> str:
    """Names as a refusal shows them, a line break in one of them escaped."""
    return ", ".join(repr(name)[1:-1] for name in sorted(names))


def _spread(spec: Mapping[str, Any], key: str, place: str) -> float:
    return number(spec, key, place, least=LEAST_SPREAD, most=MOST_SPREAD)


def _constant(spec: Mapping[str, Any], place: str) -> Draw:
    value = number(spec, "value", place)
    return lambda _random: value


def _exponential(spec: Mapping[str, Any], place: str) -> Draw:
    rate = 1 / number(spec, "mean", place, least=LEAST_MEAN_SECONDS)
    return lambda random: random.expovariate(rate)


def _lognormal(spec: Mapping[str, Any], place: str) -> Draw:
    mean = number(spec, "mean", place, least=LEAST_MEAN_SECONDS)
    cv = _spread(spec, "cv", place)
    variance = math.log1p(cv * cv)
    mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)
    return lambda random: math.exp(random.gauss(mu, sigma))


def _gamma(spec: Mapping[str, Any], place: str) -> Draw:
    mean = number(spec, "mean", place, least=LEAST_MEAN_SECONDS)
    cv = _spread(spec, "cv", place)
    shape = 1 / (cv * cv)
    return lambda random: random.gammavariate(shape, mean / shape)


def _weibull(spec: Mapping[str, Any], place: str) -> Draw:
    mean = number(spec, "mean", place, least=LEAST_MEAN_SECONDS)
    shape = _spread(spec, "shape", place)
    scale = mean / math.gamma(1 + 1 / shape)
    return lambda random: random.weibullvariate(scale, shape)


def _empirical(spec: Mapping[str, Any], place: str) -> Draw:
    values = spec.get("values")
    if not isinstance(values, list) or not values:
        raise InvalidInput(f"{place}.values: expected a list of seconds that is not empty")
    seconds = [
        number({"value": each}, "value", f"{place}.values[{i}]") for i, each in enumerate(values)
    ]
    return lambda random: random.choice(seconds)


def _mixture(spec: Mapping[str, Any], place: str) -> Draw:
    parts = spec.get("parts")
    if not isinstance(parts, list) or not parts:
        raise InvalidInput(f"{place}.parts: expected a list of {{weight, value}}")
    draws, weights = [], []
    for index, part in enumerate(parts):
        here = f"{place}.parts[{index}]"
        if not isinstance(part, Mapping):
            raise InvalidInput(f"{here}: expected {{weight, value}}")
        weights.append(number(part, "weight", here))
        draws.append(distribution(part.get("value"), f"{here}.value"))
    if not any(weights):
        raise InvalidInput(f"{place}.parts: every weight is 0; one has to be more")
    return lambda random: random.choices(draws, weights)[0](random)


_KINDS: dict[str, tuple[Callable[[Mapping[str, Any], str], Draw], set[str]]] = {
    "constant": (_constant, {"value"}),
    "exponential": (_exponential, {"mean"}),
    "lognormal": (_lognormal, {"mean", "cv"}),
    "gamma": (_gamma, {"mean", "cv"}),
    "weibull": (_weibull, {"mean", "shape"}),
    "empirical": (_empirical, {"values"}),
    "mixture": (_mixture, {"parts"}),
}
