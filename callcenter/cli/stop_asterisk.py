"""`callcenter stop-asterisk`: what systemd calls to stop Asterisk in good order."""

from __future__ import annotations

import argparse

from callcenter.pbx import runtime
from callcenter.settings import Settings

HELP = "stop Asterisk and hang up its calls (systemd's ExecStop); silent when it does not run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=10, help="then it is killed")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    runtime.stop(settings, seconds=arguments.seconds)
    return 0
