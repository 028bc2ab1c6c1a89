"""Independent shifts on every core; the same tallies in the same order as one after the other."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from functools import partial

from callcenter.simulation.measure import run_shift
from callcenter.simulation.scenario import Scenario
from callcenter.simulation.world import Tally

_shift_of: list[Callable[[int], Tally]] = []


def shifts_side_by_side(
    scenario: Scenario, policy_name: str, shifts: int, seed: int
) -> Iterator[Tally]:
    """Shift 0, 1, 2 … as they are done."""
    one = partial(run_shift, scenario, policy_name, seed)
    workers = min(shifts, len(os.sched_getaffinity(0)))
    if workers == 1:
        yield from map(one, range(shifts))
        return
    # Forked, because a scenario is made of functions, which cannot be sent to a process.
    with multiprocessing.get_context("fork").Pool(workers, _shift_of.append, (one,)) as pool:
        yield from pool.imap(_run, range(shifts))


def _run(index: int) -> Tally:
    return _shift_of[0](index)
