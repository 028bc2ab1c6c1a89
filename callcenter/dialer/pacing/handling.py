"""Learns how long agents talk and wrap up, and forecasts when those now busy come free.

Times are kept as hazards over age bands (events ÷ agent-seconds spent in the band, slowly
forgotten), so any shape can be learned, two-humped ones included, and talks still going on count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.dialer.pacing.answers import HORIZON_SECONDS as ANSWERED_WITHIN_SECONDS

LONGEST_PATIENCE_SECONDS = 30  # who would wait longer is taken to wait so long
HORIZON_SECONDS = ANSWERED_WITHIN_SECONDS + LONGEST_PATIENCE_SECONDS
MEMORY_EVENTS = 2000
PRIOR_EVENTS = 8.0

Vector = NDArray[np.float64]


class DurationLearner:
    """Hazard of a duration by age band."""

    def __init__(self, edges_seconds: Vector, prior_mean_seconds: float) -> None:
        self._edges = edges_seconds
        widths = np.diff(edges_seconds)
        share = PRIOR_EVENTS / len(widths)
        self._events = np.full(len(widths), share)
        self._exposure_seconds = self._events * prior_mean_seconds
        self._widths = widths

    def ended(self, seconds: float) -> None:
        keep = 1 - 1 / MEMORY_EVENTS
        self._events *= keep
        self._exposure_seconds *= keep
        self._events[self.bands([seconds])] += 1
        self._exposure_seconds += np.clip(seconds - self._edges[:-1], 0, self._widths)

    def bands(self, seconds: Sequence[float]) -> NDArray[np.intp]:
        """The band each lies in; beyond the edges, the first or the last."""
        inner = self._edges[1:-1]
        return np.searchsorted(inner, np.asarray(seconds, dtype=float), side="right")

    def hazard(self, ongoing_seconds: Vector) -> Vector:
        """Ends per second in each band; those still going on count with the time they have lasted.

        Without them, an hour that has just begun shows short talks only.
        """
        spent = np.clip(ongoing_seconds[:, None] - self._edges[None, :-1], 0, self._widths)
        rates: Vector = self._events / (self._exposure_seconds + spent.sum(axis=0))
        return rates

    def residual(self, hazard: Vector, horizon: int) -> Vector:
        """`[band, s]`: P(ends within s seconds | now at the band's middle), s = 0 … horizon."""
        middles = (self._edges[:-1] + self._edges[1:]) / 2
        ages = middles[:, None] + np.arange(horizon)[None, :] + 0.5
        rates = np.interp(ages, middles, hazard)
        gone = 1 - np.exp(-np.cumsum(rates, axis=1))
        return np.concatenate([np.zeros((len(middles), 1)), gone], axis=1)

    def from_start(self, hazard: Vector, horizon: int) -> Vector:
        """P(ends within s seconds | just begun), s = 0 … horizon."""
        middles = (self._edges[:-1] + self._edges[1:]) / 2
        rates = np.interp(np.arange(horizon) + 0.5, middles, hazard)
        return np.concatenate([[0.0], 1 - np.exp(-np.cumsum(rates))])


@dataclass(frozen=True)
class FreeForecast:
    """P(an agent is free within s seconds), s = 0 … HORIZON_SECONDS, by band of age."""

    talking: Vector
    wrapping: Vector


class HandlingLearner:
    def __init__(self) -> None:
        talk_edges = np.concatenate([np.arange(0.0, 60.0, 4.0), np.geomspace(60.0, 3600.0, 32)])
        self.talk = DurationLearner(talk_edges, 120.0)
        self.wrap_up = DurationLearner(
            np.concatenate([np.arange(0.0, 40.0, 2.0), np.geomspace(40.0, 900.0, 12)]), 20.0
        )

    def forecast(
        self, talking_seconds: Sequence[float], wrap_up_seconds: Sequence[float]
    ) -> FreeForecast:
        talk = self.talk.hazard(np.asarray(talking_seconds, dtype=float))
        wrap_up = self.wrap_up.hazard(np.asarray(wrap_up_seconds, dtype=float))
        ends_in_second = np.diff(self.talk.residual(talk, HORIZON_SECONDS), axis=1)
        free = ends_in_second @ _delayed(self.wrap_up.from_start(wrap_up, HORIZON_SECONDS))
        return FreeForecast(free, self.wrap_up.residual(wrap_up, HORIZON_SECONDS))


def _delayed(cdf: Vector) -> Vector:
    """Row u: the distribution function `cdf` started u seconds later."""
    length = len(cdf)
    rows = np.zeros((length - 1, length))
    for start in range(length - 1):
        rows[start, start:] = cdf[: length - start]
    return rows
