"""P(no agent is there at pick-up), second by second ahead, given who rings and who is busy.

At each horizon the calls ringing now give a number of answers, the busy agents a number of agents
come free; both are sums of independent yes/no draws (Poisson-binomial). Small teams are computed
exactly, large ones by the normal approximation with continuity correction.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 70  # ringing calls plus busy agents

Vector = NDArray[np.float64]


class Shortage:
    """Spare agents at each horizon as a distribution; `no_agent(k)` adds k calls dialed now."""

    def __init__(self, spare_now: int, answers: Vector, frees: Vector, fresh: Vector) -> None:
        """answers: [ringing, horizon]; frees: [busy, horizon]; fresh: [horizon]."""
        self._spare_now = spare_now
        self._ringing = len(answers)
        self._fresh = fresh
        self._exact = len(answers) + len(frees) <= EXACT_UP_TO
        if self._exact:
            # An agent who comes free and a call nobody answers are worth the same.
            saved = count_distribution(np.concatenate([frees, 1 - answers]))
            self._saved = [saved]  # by calls dialed now
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
        return np.array([0.5 * math.erfc(each) for each in below.tolist()])

    def _exact_no_agent(self, extra: int) -> Vector:
        while len(self._saved) <= extra:
            self._saved.append(_with_one_more(self._saved[-1], 1 - self._fresh))
        too_few = self._ringing + extra - self._spare_now
        result: Vector = self._saved[extra][:, : max(0, too_few + 1)].sum(axis=1)
        return result


def count_distribution(chances: Vector) -> Vector:
    """[horizon, count]: how many of the draws [draw, horizon] come true.

    The generating functions of the draws are multiplied at the roots of unity, which is done
    number by number, and transformed back.
    """
    draws = len(chances)
    at_roots = 1 + chances[:, :, None] * _roots_less_one(draws + 1)
    return np.fft.irfft(at_roots.prod(axis=0), draws + 1, axis=1)


@lru_cache(maxsize=EXACT_UP_TO + 1)
def _roots_less_one(order: int) -> NDArray[np.complex128]:
    """The first half of the roots of unity, as irfft wants them."""
    turned: NDArray[np.complex128] = np.exp(-2j * np.pi * np.arange(order // 2 + 1) / order)
    return turned - 1


def _with_one_more(counts: Vector, chance: Vector) -> Vector:
    grown = np.zeros((counts.shape[0], counts.shape[1] + 1))
    grown[:, :-1] = counts * (1 - chance)[:, None]
    grown[:, 1:] += counts * chance[:, None]
    return grown
