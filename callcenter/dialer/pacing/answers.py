"""Learns when dialed calls are answered by people, and forecasts those now ringing.

Two things are learned apart, because they move at different speeds. The *shape* (after how many
seconds a person picks up, and when other calls end) changes slowly and is kept as histograms with
slow forgetting. The *rate* (the share of dials a person answers) can jump within minutes; it is
estimated over the longest run of recent dials that does not contradict a shorter one (Lepski's
rule), so that it is both steady and quick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BIN_SECONDS = 0.5
BINS = 90  # 45 s, longer than any ring time in use
HORIZON_SECONDS = 30
SHAPE_MEMORY_DIALS = 4000
WINDOWS_DIALS = (25, 50, 100, 200, 400, 800, 1600, 3200)
MOST_DIALS = WINDOWS_DIALS[-1]
CONTRADICTION_Z = 3.3
CAUTION_DEVIATIONS = 0.7  # how far above its estimate the rate is taken when dialing
PRIOR_DIALS = 4.0
PRIOR_RATE = 0.3
MOST_ANSWER = 0.7  # above it runs are compared by a rule of their own

Vector = NDArray[np.float64]
# [age bin, h]: the bin a call of that age is in h + 1 s later
_REACH = np.minimum(
    np.arange(BINS)[:, None]
    + (np.arange(1, HORIZON_SECONDS + 1) / BIN_SECONDS).astype(int)[None, :]
    - 1,
    BINS - 1,
)


@dataclass(frozen=True)
class AnswerForecast:
    """`chance[age bin, h]`: P(a person answers within h + 1 s | still ringing at that age)."""

    rate: float  # share of dials answered by a person
    chance: Vector
    fresh: Vector  # the row for a call dialed now
    weights: Vector  # [h]: share of its answers that come in second h + 1


class AnswerLearner:
    """Feed it what happens to dials; ask it for a forecast. Holds no clock of its own."""

    def __init__(self) -> None:
        self._human = _broad(3.0, 20.0) * 5
        self._other = _broad(4.0, 26.0) * 5
        # The newest dials, in a ring: when each was placed, and whether a person answered.
        self._placed_at = np.zeros(MOST_DIALS)
        self._by_person = np.zeros(MOST_DIALS)
        self._count = 0
        self._open: dict[int, tuple[int, float]] = {}

    def dialed(self, call: int, at_seconds: float) -> None:
        slot = self._count % MOST_DIALS
        self._placed_at[slot], self._by_person[slot] = at_seconds, 0.0
        self._open[call] = (self._count, at_seconds)
        self._count += 1

    def answered(self, call: int, at_seconds: float) -> None:
        self._close(call, at_seconds, by_person=True)

    def ended(self, call: int, at_seconds: float) -> None:
        """Busy, machine, no answer, failure: nobody will answer this one."""
        self._close(call, at_seconds, by_person=False)

    def _close(self, call: int, at_seconds: float, *, by_person: bool) -> None:
        number, placed_at = self._open.pop(call, (-1, 0.0))
        if number < 0:
            return
        if number >= self._count - MOST_DIALS:
            self._by_person[number % MOST_DIALS] = by_person
        shape = self._human if by_person else self._other
        shape *= 1 - 1 / SHAPE_MEMORY_DIALS
        shape[_bin(at_seconds - placed_at)] += 1

    def rate(self, at_seconds: float) -> tuple[float, float]:
        """(share answered by people, its standard deviation)."""
        people, exposures = self._running_counts(at_seconds)
        steady: list[tuple[float, float]] = []  # (estimate, exposure) of the runs accepted so far
        for window in WINDOWS_DIALS:
            last = min(window, self._count) - 1
            if last < 0:
                return _with_deviation(PRIOR_RATE, 0.0)
            longer = _posterior(float(people[last]), float(exposures[last]))
            if any(_contradicts(longer, shorter) for shorter in steady):
                break
            steady.append((longer, float(exposures[last])))
            if self._count <= window:
                break
        return _with_deviation(*steady[-1])

    def _running_counts(self, at_seconds: float) -> tuple[Vector, Vector]:
        """[n - 1]: answers and exposure of the newest n dials.

        A dial's exposure is the share of people who would have picked up by now. It counts for
        ended dials alike: taking those as fully exposed would make a fresh burst, whose busy
        ones end first, look like a collapse of the rate.
        """
        newest = (self._count - 1 - np.arange(min(self._count, MOST_DIALS))) % MOST_DIALS
        ages = np.clip((at_seconds - self._placed_at[newest]) / BIN_SECONDS, 0, BINS - 1)
        seen = self._human_cdf()[ages.astype(int)]
        return np.cumsum(self._by_person[newest]), np.cumsum(seen)

    def _human_cdf(self) -> Vector:
        cdf: Vector = np.cumsum(self._human) / self._human.sum()
        return cdf

    def forecast(self, at_seconds: float) -> AnswerForecast:
        rate, deviation = self.rate(at_seconds)
        return self._forecast_at(min(rate + CAUTION_DEVIATIONS * deviation, 0.99))

    def _forecast_at(self, rate: float) -> AnswerForecast:
        human = self._human_cdf() * rate
        other = np.cumsum(self._other) / self._other.sum() * (1 - rate)
        before_human = np.concatenate([[0.0], human])[:BINS]
        still = np.maximum(1 - before_human - np.concatenate([[0.0], other])[:BINS], 0.02 * rate)
        reached = human[_REACH] - before_human[:, None]
        chance = np.minimum(np.maximum(reached / still[:, None], 0.0), 1.0)
        weights = np.diff(chance[0], prepend=0.0)
        return AnswerForecast(rate, chance, chance[0], weights / weights.sum())


def _posterior(people: float, exposure: float) -> float:
    return min((people + PRIOR_RATE * PRIOR_DIALS) / (exposure + PRIOR_DIALS), 0.99)


def _with_deviation(rate: float, exposure: float) -> tuple[float, float]:
    return rate, math.sqrt(rate * (1 - rate) / (exposure + PRIOR_DIALS + 1))


def _contradicts(longer: float, shorter: tuple[float, float]) -> bool:
    """Whether the shorter run is a surprise if the longer run's rate were true."""
    estimate, exposure = shorter
    spread = longer * (1 - longer)
    if longer > MOST_ANSWER:
        # The prior pulls a few fresh dials far down, and that they are fresh is most of their
        # spread: with the binomial's alone a high rate would contradict itself all the time.
        estimate += (longer - PRIOR_RATE) * PRIOR_DIALS / (exposure + PRIOR_DIALS)
        spread = longer
    deviation = math.sqrt(spread / (exposure + PRIOR_DIALS))
    return abs(longer - estimate) > CONTRADICTION_Z * deviation


def _bin(seconds: float) -> int:
    return max(0, min(int(seconds / BIN_SECONDS), BINS - 1))


def _broad(first_seconds: float, last_seconds: float) -> Vector:
    ages = (np.arange(BINS) + 0.5) * BIN_SECONDS
    inside = (ages >= first_seconds) & (ages <= last_seconds)
    shape: Vector = inside / inside.sum()
    return shape
