"""`callcenter user add|password|second-factor-off|list`: people who sign in on the web."""

from __future__ import annotations

import argparse
import getpass
import sys
import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from callcenter.accounts.passwords import generate_password
from callcenter.accounts.second_factor import turn_off
from callcenter.accounts.users import ROLES, add_user, set_password
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.users import UserRow
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HELP = "add people who sign in on the web, set their passwords, list them"

BY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new person; prints the generated password")
    add.add_argument("username")
    add.add_argument("--role", choices=ROLES, default="agent")
    add.add_argument("--name", default="", help="as shown on pages")
    add.add_argument("--agent", default="", help="their agent number")
    add.add_argument("--phone", default="", help="the extension that rings for listening in")
    password = actions.add_parser("password", help="set a new password and end their sessions")
    password.add_argument("username")
    for each in (add, password):
        each.add_argument(
            "--ask", action="store_true", help="type the password instead of generating one"
        )
    off = actions.add_parser(
        "second-factor-off", help="for somebody who lost phone and recovery codes"
    )
    off.add_argument("username")
    actions.add_parser("list", help="who there is")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    engine = open_engine(settings.database)
    try:
        with sessions(engine).begin() as session:
            _ACTIONS[arguments.action](session, arguments)
    finally:
        engine.dispose()
    return 0


def _add(session: Session, arguments: argparse.Namespace) -> None:
    password = _password(arguments.ask)
    user = add_user(
        session,
        arguments.username,
        arguments.role,
        password,
        name=arguments.name,
        agent=arguments.agent,
        phone=arguments.phone,
    )
    user.must_change_password = not arguments.ask
    _audit(session, "user_added", arguments.username)
    _tell(arguments, password)


def _set_password(session: Session, arguments: argparse.Namespace) -> None:
    password = _password(arguments.ask)
    set_password(session, arguments.username, password, must_change=not arguments.ask)
    _audit(session, "password_reset", arguments.username)
    _tell(arguments, password)


def _second_factor_off(session: Session, arguments: argparse.Namespace) -> None:
    turn_off(session, arguments.username)
    _audit(session, "second_factor_off", arguments.username)


def _audit(session: Session, action: str, username: str) -> None:
    write_audit(session, at=time.time(), by=BY, action=action, subject=f"users.{username}")


def _list(session: Session, _arguments: argparse.Namespace) -> None:
    for user in session.scalars(select(UserRow).order_by(UserRow.username)):
        state = "active" if user.active else "closed"
        _say(f"{user.username}\t{user.role}\t{state}\t{user.name}")


_ACTIONS = {
    "add": _add,
    "password": _set_password,
    "second-factor-off": _second_factor_off,
    "list": _list,
}


def _password(ask: bool) -> str:
    """Never an argument: arguments are seen by everybody on the machine."""
    if not ask:
        return generate_password()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != first:
        raise InvalidInput("the two passwords differ; nothing was changed")
    return first


def _tell(arguments: argparse.Namespace, password: str) -> None:
    if not arguments.ask:
        _say(f"{arguments.username}\t{password}")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the command's output
