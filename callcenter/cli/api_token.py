"""`callcenter api-token …`: secrets by which other programs enter do-not-call and consents."""

from __future__ import annotations

import argparse
import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.accounts.api_tokens import drop_token, make_token
from callcenter.cli.writing import audit, run_action, utc_minute
from callcenter.db.models.api_tokens import ApiTokenRow
from callcenter.settings import Settings

HELP = "tokens for other programs that enter do-not-call numbers and consents (docs/dialer.md)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the tokens, and when each was last used")
    for action, words in (("make", "prints a new one, once"), ("drop", "it is refused from now")):
        actions.add_parser(action, help=words).add_argument("name", help="e.g. crm")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return run_action(settings, arguments, _ACTIONS)


def _list(session: Session, arguments: argparse.Namespace) -> str:
    rows = session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.name))
    return "\n".join(_line(row) for row in rows) or "there is no token"


def _line(row: ApiTokenRow) -> str:
    used = "never used" if row.used_at is None else f"used {utc_minute(row.used_at)}"
    return f"{row.name}: made {utc_minute(row.made_at)}, {used}"


def _make(session: Session, arguments: argparse.Namespace) -> str:
    secret = make_token(session, arguments.name, time.time())
    audit(session, "api_token_made", arguments.name)
    return secret


def _drop(session: Session, arguments: argparse.Namespace) -> str:
    drop_token(session, arguments.name)
    audit(session, "api_token_dropped", arguments.name)
    return f"the token {arguments.name} is refused from now on"


_ACTIONS = {"list": _list, "make": _make, "drop": _drop}
