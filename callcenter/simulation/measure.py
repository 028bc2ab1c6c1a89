"""Runs shifts and says what they came to, with standard errors over shifts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from statistics import fmean, stdev

from callcenter.simulation.policies import policy
from callcenter.simulation.scenario import Scenario
from callcenter.simulation.world import Tally, World

MEANINGFUL_ANSWERS = 200  # fewer answers say little about a share of 3 %
QUANTILES = (0.5, 0.9, 0.95, 0.99)


def run_shifts(scenario: Scenario, policy_name: str, shifts: int, seed: int) -> list[Tally]:
    """`shifts` independent shifts; the same arguments give the same tallies."""
    return [run_shift(scenario, policy_name, seed, index) for index in range(shifts)]


def run_shift(scenario: Scenario, policy_name: str, seed: int, index: int) -> Tally:
    random = Random(f"{seed}/{index}")  # noqa: S311 - a simulation wants repeatable draws
    return World(scenario, policy(policy_name, scenario), random).run()


def summary(scenario: Scenario, tallies: Sequence[Tally]) -> dict[str, object]:
    """The JSON object of docs/simulation.md. Shares are 0 … 1, times seconds."""
    answered = sum(tally.live_answered for tally in tallies)
    abandoned = sum(tally.abandoned for tally in tallies)
    meaningful = [each for each in tallies if each.live_answered >= MEANINGFUL_ANSWERS]
    over = [each for each in meaningful if abandonment(each) > scenario.abandon_limit]
    utilisation = [share(t.talk_seconds + t.wrap_up_seconds, t.staffed_seconds) for t in tallies]
    talk = [share(tally.talk_seconds, tally.staffed_seconds) for tally in tallies]
    return {
        "utilisation": fmean(utilisation),
        "utilisation_se": _standard_error(utilisation),
        "talk_share": fmean(talk),
        "talk_share_se": _standard_error(talk),
        "abandonment": share(abandoned, answered),
        "abandonment_se": _standard_error([abandonment(tally) for tally in tallies]),
        "highest_shift_abandonment": max((abandonment(each) for each in meaningful), default=0.0),
        "shifts": len(tallies),
        "shifts_with_200_answers": len(meaningful),
        "shifts_over_limit": len(over),
        "dials": sum(tally.dials for tally in tallies),
        "live_answered": answered,
        "connected": sum(tally.connected for tally in tallies),
        "abandoned": abandoned,
        "dials_per_connect": share(
            sum(tally.dials for tally in tallies), sum(tally.connected for tally in tallies)
        ),
        "false_machines": sum(tally.false_machines for tally in tallies),
        "missed_machines": sum(tally.missed_machines for tally in tallies),
        "inbound_offered": sum(tally.inbound_offered for tally in tallies),
        "inbound_answered": sum(tally.inbound_answered for tally in tallies),
        "inbound_abandoned": sum(tally.inbound_abandoned for tally in tallies),
        "idle_seconds": _spread([s for tally in tallies for s in tally.idle_stretches]),
        "connect_seconds": _spread([s for tally in tallies for s in tally.connect_waits]),
    }


def abandonment(tally: Tally) -> float:
    return share(tally.abandoned, tally.live_answered)


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _standard_error(values: Sequence[float]) -> float:
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {"count": 0}
    ordered = sorted(seconds)
    last = len(ordered) - 1
    quantiles = {f"p{round(100 * q)}": ordered[round(q * last)] for q in QUANTILES}
    return {"count": len(ordered), "mean": fmean(ordered), **quantiles}
