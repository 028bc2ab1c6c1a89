"""What the simulator says of the shift that `tests/bench/dialer.py` ran for real, and how far apart
the two are in standard deviations of one such shift."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any

from callcenter.demo.town import LATEST_ANSWER_SECONDS, townsperson
from callcenter.dialing.decide import patience_left_seconds
from callcenter.domain.campaign import Campaign
from callcenter.simulation.b1 import b1
from callcenter.simulation.measure import run_shift
from callcenter.simulation.scenario import Scenario, parse_scenario
from callcenter.simulation.world import Tally

BUSY = ("talking", "hold", "ringing", "busy")
WRAP_UP_SECONDS = 20
# What Asterisk's AMD() needs for the town's people and machines (measured on the carrier).
PERSON_DETECT_SECONDS = 1.8
MACHINE_DETECT_SECONDS = 2.1
LONGEST_TALK_SECONDS = 900  # of the town's people
SHIFTS = 40
SEED = 1
OF_B1 = {"human": 0.25, "machine": 0.30, "busy": 0.08, "no-answer": 0.37}


def share_in(seen: Counter[str], states: Sequence[str]) -> float:
    return sum(seen[each] for each in states) / max(1, sum(seen.values()))


def utilisation(seen: Counter[str]) -> float:
    return share_in(seen, (*BUSY, "wrap_up"))


def drawn(numbers: Iterable[str]) -> dict[str, dict[str, float]]:
    """Whom this run happened to dial, beside what B1 says: a lucky draw explains a difference."""
    kinds = Counter(townsperson(number).kind for number in numbers)
    dials = sum(kinds.values())
    return {
        kind: {
            "dials": kinds[kind],  # type: ignore[index]
            "share": round(kinds[kind] / max(1, dials), 4),  # type: ignore[index]
            "expected": p,
            "z": round((kinds[kind] - p * dials) / math.sqrt(max(1, dials) * p * (1 - p)), 2),  # type: ignore[index]
        }
        for kind, p in OF_B1.items()
    }


def compared(
    campaign: Campaign,
    agents: int,
    minutes: float,
    warm_up: int,
    real: dict[str, Any],
    floor: list[Counter[str]],
) -> dict[str, Any]:
    """Over the whole shift, which begins with an empty floor on both sides, and without the first
    `warm_up` minutes of both. The simulator plays the same shifts for both figures."""
    whole = shifts(scenario(campaign, agents, minutes))
    whole_shift = {
        "utilisation": _spread([_utilised(each) for each in whole]),
        "talk_share": _spread([each.talk_seconds / each.staffed_seconds for each in whole]),
        "abandonment": _spread([_abandonment(each) for each in whole]),
        "dials": _spread([each.dials for each in whole]),
    }
    apart: dict[str, Any] = {
        "simulated": {**whole_shift, "shifts": SHIFTS},
        "deviations": {},
        "as_drawn": _as_drawn(scenario(campaign, agents, minutes, real), real),
        "after_warm_up": _after(campaign, agents, warm_up, whole, floor) if warm_up else {},
    }
    for name, one in whole_shift.items():
        if one["sd"]:
            apart["deviations"][name] = round((real[name] - one["mean"]) / one["sd"], 2)
    return apart


def _as_drawn(of: Scenario, real: dict[str, Any]) -> dict[str, Any]:
    """With the people this run happened to draw: what luck explains is out of the difference."""
    said = _spread([_utilised(each) for each in shifts(of)])
    return {
        "simulated": said,
        "deviations": round((real["utilisation"] - said["mean"]) / said["sd"], 2),
    }


def _after(
    campaign: Campaign, agents: int, warm_up: int, whole: list[Tally], floor: list[Counter[str]]
) -> dict[str, Any]:
    begun = shifts(scenario(campaign, agents, warm_up))
    later = [
        (_worked(one) - _worked(first)) / (one.staffed_seconds - first.staffed_seconds)
        for one, first in zip(whole, begun, strict=True)
    ]
    real, said = utilisation(sum(floor[warm_up:], Counter[str]())), _spread(later)
    return {
        "minutes_left_out": warm_up,
        "utilisation": round(real, 4),
        "simulated": said,
        "deviations": round((real - said["mean"]) / said["sd"], 2) if said["sd"] else 0.0,
    }


def scenario(
    campaign: Campaign, agents: int, minutes: float, real: dict[str, Any] | None = None
) -> Scenario:
    """B1 with our agents' fixed wrap-up and the time that detection takes; `real`: with the shares
    and the mean talk that this run drew."""
    document = b1(
        agents,
        shift_seconds=minutes * 60,
        wrap_up_seconds=WRAP_UP_SECONDS,
        patience_seconds=patience_left_seconds(campaign),
    )
    outcomes, ring = document["outcomes"], campaign.ring_seconds
    outcomes["human"]["answer_seconds"]["offset"] += PERSON_DETECT_SECONDS
    latest = LATEST_ANSWER_SECONDS + PERSON_DETECT_SECONDS
    outcomes["human"]["answer_seconds"]["max"] = latest
    outcomes["machine"]["answer_seconds"]["max"] = ring
    outcomes["machine"]["detect_seconds"] = MACHINE_DETECT_SECONDS
    outcomes["no_answer"]["after_seconds"] = ring
    document["talk_seconds"]["max"] = LONGEST_TALK_SECONDS
    if real:
        for kind in ("human", "machine", "busy"):
            outcomes[kind]["p"] = real["drawn"][kind]["share"]
        document["talk_seconds"]["mean"] = real["talk_mean_drawn"] or 120
    return parse_scenario(document)


def shifts(of: Scenario) -> list[Tally]:
    return [run_shift(of, "predictive", SEED, index) for index in range(SHIFTS)]


def _worked(tally: Tally) -> float:
    return tally.talk_seconds + tally.wrap_up_seconds


def _utilised(tally: Tally) -> float:
    return _worked(tally) / tally.staffed_seconds


def _abandonment(tally: Tally) -> float:
    return tally.abandoned / tally.live_answered if tally.live_answered else 0.0


def _spread(values: Sequence[float]) -> dict[str, float]:
    """`sd`: of one shift; the mean's standard error is that over the root of the shifts."""
    return {"mean": round(fmean(values), 4), "sd": round(stdev(values), 4)}
