"""P(no agent is there at pick-up), second by second ahead, given who rings and who is busy.

At each horizon the calls ringing now give a number of answers, the busy agents a number of agents
come free; both are sums of independent yes/no draws (Poisson-binomial). Small teams are computed
exactly, large ones by the normal approximation with continuity correction.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 70  # ringing calls plus busy agents

Vector = NDArray[np.float64]


class Shortage:
    """Spare agents at each horizon as a distribution; `after(k)` adds k calls dialed now."""

    def __init__(self, spare_now: int, answers: Vector, frees: Vector, fresh: Vector) -> None:
        """answers: [ringing, horizon]; frees: [busy, horizon]; fresh: [horizon]."""
        self._spare_now = spare_now
        self._fresh = fresh
        self._exact = len(answers) + len(frees) <= EXACT_UP_TO
        if self._exact:
            answered, freed = _count_distributions(answers, frees, len(fresh))
            self._after = [answered]  # by calls dialed now
            self._frees_tail = _tails(freed)
        else:
            self._mean = spare_now + frees.sum(axis=0) - answers.sum(axis=0)
            self._variance = (frees * (1 - frees)).sum(axis=0) + (answers * (1 - answers)).sum(
                axis=0
            )

    def no_agent(self, extra: int) -> Vector:
        """[horizon] P(spare agents < 1) after `extra` calls dialed now."""
        if self._exact:
            return self._exact_no_agent(extra)
        mean = self._mean - extra * self._fresh
        variance = self._variance + extra * self._fresh * (1 - self._fresh)
        below = (mean - 0.5) / np.sqrt(np.maximum(2 * variance, 1e-9))
        return np.array([0.5 * math.erfc(each) for each in below])

    def _exact_no_agent(self, extra: int) -> Vector:
        while len(self._after) <= extra:
            self._after.append(_with_one_more(self._after[-1], self._fresh))
        answers = self._after[extra]
        # Spare < 1 means: agents come free <= answers - spare_now.
        enough = np.arange(answers.shape[1]) - self._spare_now + 1
        tails = self._frees_tail
        index = np.minimum(np.maximum(enough, 0), tails.shape[1] - 1)
        result: Vector = 1 - np.einsum("hk,hk->h", answers, tails[:, index])
        return result


def _count_distributions(answers: Vector, frees: Vector, horizons: int) -> tuple[Vector, Vector]:
    """For each, [horizon, count]: the distribution of how many of the draws come true.

    Both at once and in place, because this is where most of a decision's time goes. A draw that
    never comes true changes nothing, so the shorter list is filled up with those.
    """
    rows = max(len(answers), len(frees))
    yes = np.zeros((rows, 2, horizons))
    yes[: len(answers), 0], yes[: len(frees), 1] = answers, frees
    counts = np.zeros((rows + 1, 2, horizons))
    counts[0] = 1.0
    moved = np.empty_like(counts)
    for number, (chance, other) in enumerate(zip(yes, 1 - yes, strict=True), 1):
        before = counts[:number]
        up = np.multiply(before, chance, out=moved[:number])
        before *= other
        counts[1 : number + 1] += up
    return counts[: len(answers) + 1, 0].T, counts[: len(frees) + 1, 1].T


def _with_one_more(counts: Vector, chance: Vector) -> Vector:
    grown = np.zeros((counts.shape[0], counts.shape[1] + 1))
    grown[:, :-1] = counts * (1 - chance)[:, None]
    grown[:, 1:] += counts * chance[:, None]
    return grown


def _tails(counts: Vector) -> Vector:
    """[horizon, n] P(count >= n), n = 0 … max + 1 (the last is 0)."""
    tails = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([tails, np.zeros((counts.shape[0], 1))], axis=1)
