"""`callcenter demo seed|rate|logins`: the demo site, and how busy its callers are."""

from __future__ import annotations

import argparse
import sys

from callcenter.demo.rate import HIGHEST_CALLS_PER_MINUTE, write_rate
from callcenter.demo.seed import read_logins, seed
from callcenter.settings import Settings

HELP = "put in the demo site, show its logins, change how many callers call"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("seed", help="put the demo site into an empty database")
    actions.add_parser("logins", help="show the logins that the seed generated")
    rate = actions.add_parser("rate", help="calls per minute from now on, while the demo runs")
    rate.add_argument(
        "calls_per_minute", type=float, help=f"0 to {HIGHEST_CALLS_PER_MINUTE}; 0: nobody calls"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.action == "rate":
        write_rate(settings, arguments.calls_per_minute)
        return 0
    if arguments.action == "logins":
        _show(read_logins(settings))
        return 0
    seeded = seed(settings)
    if not seeded.made:
        _say("There is a site already; it was left as it is.")
    _show(seeded.logins)
    return 0


def _show(logins: dict[str, str]) -> None:
    if not logins:
        _say("No logins are kept here; `callcenter user password NAME` sets a new password.")
    for username, password in logins.items():
        print(f"{username}\t{password}")  # noqa: T201 - the command's output


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - for the person at the terminal
