"""`callcenter config diff|check|apply|rollback`: the generated part of Asterisk's files."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from callcenter.accounts.audit import write_audit
from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.site import Site
from callcenter.pbx import confgen
from callcenter.settings import Settings

HELP = "show, check, apply or roll back what is rendered for Asterisk"

BY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=sorted(ACTIONS),
        help="diff: what would change; check: is it sound; apply: put it in force;"
        " rollback: back to the generation before",
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return ACTIONS[arguments.action](settings)


def _diff(settings: Settings) -> int:
    _say(confgen.diff(settings, _site(settings)).rstrip("\n") or "nothing would change")
    return 0


def _check(settings: Settings) -> int:
    problems = confgen.check(settings, _site(settings))
    _say("\n".join(map(str, problems)) or "no problem found")
    return 1 if problems else 0


def _apply(settings: Settings) -> int:
    _done(settings, "config_apply", confgen.apply(settings, _site(settings)))
    return 0


def _rollback(settings: Settings) -> int:
    _done(settings, "config_rollback", confgen.rollback(settings))
    return 0


ACTIONS: dict[str, Callable[[Settings], int]] = {
    "diff": _diff,
    "check": _check,
    "apply": _apply,
    "rollback": _rollback,
}


def _site(settings: Settings) -> Site:
    with sessions(open_engine(settings.database))() as session:
        return load_site(session)


def _done(settings: Settings, action: str, result: confgen.ApplyResult) -> None:
    with sessions(open_engine(settings.database)).begin() as session:
        detail = f"generation {result.generation}"
        write_audit(session, at=time.time(), by=BY, action=action, detail=detail)
    _tell(result)


def _tell(result: confgen.ApplyResult) -> None:
    _say(f"generation {result.generation} is in force")
    if not result.changed:
        _say("nothing had changed")
    if result.changed:
        _say(f"changed: {', '.join(result.changed)}")
    if result.reloaded:
        _say(f"told Asterisk: {', '.join(result.reloaded)}")
    if result.restart_needed:
        _say(result.restart_needed)


def _say(text: str) -> None:
    print(text)  # noqa: T201 - what was asked for
