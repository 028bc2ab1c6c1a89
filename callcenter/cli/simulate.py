"""`callcenter simulate`: runs a scenario file with a pacing policy and says what it came to."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from callcenter.settings import Settings
from callcenter.simulation.measure import run_shift, summary
from callcenter.simulation.policies import policy
from callcenter.simulation.scenario import Scenario, read_scenario
from callcenter.simulation.world import Tally

HELP = "run a dialing scenario on a simulated clock"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--scenario", type=Path, required=True, help="scenario file (JSON)")
    parser.add_argument("--policy", default="predictive", help="policy to run")
    parser.add_argument("--shifts", type=_at_least_one, default=10, help="independent shifts")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same result")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(settings: Settings, arguments: Namespace) -> int:
    scenario = read_scenario(arguments.scenario)
    policy(arguments.policy, scenario)  # refuse an unknown name before the long work
    result = summary(scenario, _shifts(scenario, arguments))
    if arguments.json:
        print(json.dumps({"policy": arguments.policy, "seed": arguments.seed, **result}))  # noqa: T201
    else:
        print(_for_people(arguments.policy, result))  # noqa: T201
    return 0


def _shifts(scenario: Scenario, arguments: Namespace) -> list[Tally]:
    tallies = []
    for index in range(arguments.shifts):
        tallies.append(run_shift(scenario, arguments.policy, arguments.seed, index))
        if sys.stderr.isatty():
            print(f"\rshift {index + 1} of {arguments.shifts}", end="", file=sys.stderr)  # noqa: T201
    if sys.stderr.isatty():
        print(file=sys.stderr)  # noqa: T201
    return tallies


def _for_people(name: str, result: dict[str, object]) -> str:
    return (
        f"{name}: utilisation {result['utilisation']:.1%} ± {result['utilisation_se']:.1%}, "
        f"talk {result['talk_share']:.1%}, abandonment {result['abandonment']:.2%}, "
        f"{result['shifts_over_limit']} of {result['shifts_with_200_answers']} shifts over the "
        f"limit, {result['dials_per_connect']:.1f} dials per connect"
    )


def _at_least_one(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return value
