"""`callcenter simulate`: runs a scenario file, or a campaign's past day, with a pacing policy."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import day_from, day_start, next_start
from callcenter.settings import Settings
from callcenter.simulation import what_if_runs
from callcenter.simulation.measure import summary
from callcenter.simulation.past_day import scenario_document, what_happened
from callcenter.simulation.past_day_rows import past_day
from callcenter.simulation.policies import policy
from callcenter.simulation.scenario import Scenario, parse_scenario, read_scenario
from callcenter.simulation.side_by_side import shifts_side_by_side
from callcenter.simulation.world import Tally

HELP = "run a dialing scenario, or a past day of a campaign, on a simulated clock"


def add_arguments(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--scenario", type=Path, help="scenario file (JSON)")
    what.add_argument(
        "--replay", metavar="CAMPAIGN", help="a past day of this campaign, from the books"
    )
    what.add_argument("--what-if", metavar="KEY", help="work off a run that the web page asked for")
    parser.add_argument("--date", type=_date, help="day to replay, e.g. 2026-11-23 (site's time)")
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="write the day as a scenario file"
    )
    parser.add_argument("--policy", default="predictive", help="policy to run")
    parser.add_argument("--shifts", type=_at_least_one, default=10, help="independent shifts")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same result")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(settings: Settings, arguments: Namespace) -> int:
    if arguments.what_if:
        return what_if_runs.work(settings.home, arguments.what_if)
    before: dict[str, Any] = {}
    if arguments.replay:
        document, before = _past(settings, arguments)
        scenario = parse_scenario(document)
    elif arguments.date or arguments.save:
        raise InvalidInput("--date and --save belong to --replay CAMPAIGN")
    else:
        scenario = read_scenario(arguments.scenario)
    policy(arguments.policy, scenario)  # refuse an unknown name before the long work
    result = summary(scenario, _shifts(scenario, arguments))
    if arguments.json:
        named = {"policy": arguments.policy, "seed": arguments.seed}
        print(json.dumps(named | before | result))  # noqa: T201
        return 0
    if before:
        print(_for_people("as it was", before["as_it_was"]))  # noqa: T201
    print(_for_people(arguments.policy, result))  # noqa: T201
    return 0


def _past(settings: Settings, arguments: Namespace) -> tuple[dict[str, object], dict[str, Any]]:
    """(scenario document, what it was a replay of)."""
    if arguments.date is None:
        raise InvalidInput("which day? Add --date, e.g. --date 2026-11-23")
    with sessions(open_engine(settings.database)).begin() as session:
        zone = ZoneInfo(load_site(session).timezone)
        since = day_start(arguments.date, zone)
        day = past_day(session, arguments.replay, since, next_start(since, "day", zone))
    document = scenario_document(day, through_the_day=True)
    if arguments.save:
        arguments.save.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    replayed = {"campaign": arguments.replay, "date": arguments.date.isoformat()}
    return document, {"replay": replayed, "as_it_was": what_happened(day)}


def _shifts(scenario: Scenario, arguments: Namespace) -> list[Tally]:
    tallies: list[Tally] = []
    for tally in shifts_side_by_side(scenario, arguments.policy, arguments.shifts, arguments.seed):
        tallies.append(tally)
        if sys.stderr.isatty():
            print(f"\rshift {len(tallies)} of {arguments.shifts}", end="", file=sys.stderr)  # noqa: T201
    if sys.stderr.isatty():
        print(file=sys.stderr)  # noqa: T201
    return tallies


def _for_people(name: str, result: Mapping[str, object]) -> str:
    error = f" ± {result['utilisation_se']:.1%}" if "utilisation_se" in result else ""
    over = (
        f"{result['shifts_over_limit']} of {result['shifts_with_200_answers']} shifts over the "
        "limit, "
        if "shifts_over_limit" in result
        else ""
    )
    return (
        f"{name}: utilisation {result['utilisation']:.1%}{error}, "
        f"talk {result['talk_share']:.1%}, abandonment {result['abandonment']:.2%}, "
        f"{over}{result['dials_per_connect']:.1f} dials per connect"
    )


def _date(text: str) -> date:
    try:
        return day_from(text)
    except InvalidInput as error:
        raise ArgumentTypeError(str(error)) from None


def _at_least_one(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return value
