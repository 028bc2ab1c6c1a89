"""`callcenter install-asterisk`: fetch Asterisk 22 where the distribution has none."""

from __future__ import annotations

import argparse
import sys

from callcenter.pbx.runtime import AsteriskMissing, find_asterisk, install_root
from callcenter.settings import Settings

HELP = "fetch Asterisk into the cache when this machine has none (>= 20)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="fetch it even if there is one")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        if arguments.again:
            install_root()
        found = find_asterisk()
    except AsteriskMissing:
        install_root()
        found = find_asterisk()
    place = found.root or found.binary
    print(f"Asterisk {found.version_text} in {place}", file=sys.stderr)  # noqa: T201
    return 0
