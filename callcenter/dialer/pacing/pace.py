"""How many calls to place now: a pure function of a snapshot, forecasts and the budget.

One more call is placed while the probability that it is answered with no agent free, or takes the
agent a call already ringing will need, stays within the budget's threshold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callcenter.dialer.pacing.answers import BIN_SECONDS, BINS, AnswerForecast
from callcenter.dialer.pacing.budget import Budget
from callcenter.dialer.pacing.handling import (
    LONGEST_PATIENCE_SECONDS,
    FreeForecast,
    HandlingLearner,
)
from callcenter.dialer.pacing.shortage import Shortage
from callcenter.dialer.pacing.snapshot import Decision, Snapshot

MOST_AT_ONCE_PER_AGENT = 6

Vector = NDArray[np.float64]


def pace(
    snapshot: Snapshot,
    answers: AnswerForecast,
    free: FreeForecast,
    handling: HandlingLearner,
    budget: Budget,
    patience_seconds: float,
) -> Decision:
    """Calls to place now. Never negative, never above the free lines, 0 with no agents."""
    if snapshot.agents == 0:
        return Decision(0, "no agents")
    if snapshot.free_lines <= 0:
        return Decision(0, "no free lines")
    certain = max(0, snapshot.agents_ready - snapshot.in_flight)
    threshold = budget.threshold(budget.credit(snapshot), snapshot.agents)
    if threshold == 0.0:
        why = "budget spent" if snapshot.abandoned else "too few have answered to keep one waiting"
        return Decision(min(certain, snapshot.free_lines), f"{why}: one line per free agent")
    shortage = _shortage(snapshot, answers, free, handling, patience_seconds)
    most = min(snapshot.free_lines, MOST_AT_ONCE_PER_AGENT * snapshot.agents)
    dial, risk = _most_within(shortage, answers.weights, threshold, most)
    return Decision(max(dial, min(certain, most)), "within budget", risk, threshold)


def _shortage(
    snapshot: Snapshot,
    answers: AnswerForecast,
    free: FreeForecast,
    handling: HandlingLearner,
    patience_seconds: float,
) -> Shortage:
    first = 1 + min(round(patience_seconds), LONGEST_PATIENCE_SECONDS)
    reach = slice(first, first + len(answers.fresh))
    ages = np.asarray(snapshot.ringing_seconds, dtype=float)
    rows = np.minimum(np.maximum((ages / BIN_SECONDS).astype(int), 0), BINS - 1)
    talking = handling.talk.bands(snapshot.talking_seconds)
    wrapping = handling.wrap_up.bands(snapshot.wrap_up_seconds)
    frees = np.concatenate([free.talking[talking, reach], free.wrapping[wrapping, reach]])
    spare = snapshot.agents_ready - snapshot.waiting
    return Shortage(spare, answers.chance[rows], frees, answers.fresh)


def _most_within(
    shortage: Shortage, weights: Vector, threshold: float, most: int
) -> tuple[int, float]:
    """The largest number of new calls whose last one stays within `threshold`, by bisection.

    weights: [horizon] when a call placed now is answered, if it is.
    """

    def risk(before: int) -> float:
        ahead = np.maximum.accumulate(shortage.no_agent(before)[::-1])[::-1]
        return float(weights @ ahead)

    first = risk(0)
    if most == 0 or first > threshold:
        return 0, first
    low, high, step = 1, most, 1  # `low` calls are fine
    while low + step <= high and risk(low + step - 1) <= threshold:
        low += step
        step *= 2
    high = min(high, low + step - 1)
    while low < high:
        middle = (low + high + 1) // 2
        if risk(middle - 1) <= threshold:
            low = middle
        else:
            high = middle - 1
    return low, risk(low - 1)
