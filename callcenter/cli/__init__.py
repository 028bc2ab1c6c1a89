"""`callcenter VERB …`: one file a verb, named after it, listed in the table below.

A verb's module has `HELP: str`, `add_arguments(parser)` and `run(settings, arguments) -> int`
(the exit code). It is imported only when asked for, so `callcenter status` starts fast.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy.exc import OperationalError

from callcenter import settings as settings_module
from callcenter.domain.errors import CallcenterError
from callcenter.settings import CHECKOUT, Settings

UMASK = 0o027  # whatever we write is the installation's: calls, voices, secrets
# verb → module in callcenter/cli. Documented in docs/operations.md (a test holds that).
VERBS: dict[str, str] = {
    "api-token": "api_token",
    "campaign": "campaign",
    "config": "config",
    "consents": "consents",
    "customers": "customers",
    "db": "db",
    "demo": "demo",
    "do-not-call": "do_not_call",
    "doctor": "doctor",
    "evidence": "evidence",
    "init": "init",
    "install-asterisk": "install_asterisk",
    "leads": "leads",
    "ledger": "ledger",
    "person": "person",
    "report": "report",
    "retention": "retention",
    "run": "run",
    "simulate": "simulate",
    "site": "site",
    "status": "status",
    "stop-asterisk": "stop_asterisk",
    "up": "up",
    "user": "user",
}


class Verb(Protocol):
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, settings: Settings, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Errors we know are one line on standard error and exit code 1."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.umask(UMASK)
    arguments = _parser(words).parse_args(words)
    try:
        settings = settings_module.load(Path(arguments.home))
        return _verb(arguments.verb).run(settings, arguments)
    except CallcenterError as error:
        print(f"callcenter: {error}", file=sys.stderr)  # noqa: T201 - for the person who typed it
        return 1
    except OperationalError as error:
        print(f"callcenter: the database does not answer: {error.orig}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing to say and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def default_home() -> Path:
    return Path(os.environ.get("CALLCENTER_HOME") or CHECKOUT / "var")


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="callcenter", description="An on-premise call centre.")
    parser.add_argument("--home", default=str(default_home()), help="folder of the installation")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asked = next((word for word in words if word in VERBS), None)
    for name in VERBS:
        if asked in (None, name):
            verb = _verb(name)
            verb.add_arguments(subparsers.add_parser(name, help=verb.HELP, description=verb.HELP))
    return parser


def _verb(name: str) -> Verb:
    return cast(Verb, importlib.import_module(f"callcenter.cli.{VERBS[name]}"))
