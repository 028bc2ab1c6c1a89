"""`callcenter site export|import FILE`: the whole site as one readable file."""

from __future__ import annotations

import argparse
import dataclasses
import secrets
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.accounts.first_passwords import give_first_passwords
from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import Saved, load_versioned, save_site
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site
from callcenter.domain.site_changes import changes
from callcenter.domain.site_secrets import settled
from callcenter.prompts import make_prompts
from callcenter.settings import Settings
from callcenter.site_file import SiteFile, read_site_file, write_site_file

HELP = "write the site to a file, or make the site what a file says"
BY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write the site as YAML")
    export.add_argument("file", nargs="?", default="-", help="- (or nothing): standard output")
    export.add_argument("--secrets", action="store_true", help="with PINs and SIP passwords")
    take = actions.add_parser("import", help="make the site what FILE says")
    take.add_argument("file", help="- : standard input")
    take.add_argument("--check", action="store_true", help="only say what would change")
    take.add_argument("--apply", action="store_true", help="also hand it to Asterisk")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.action == "export":
        return _export(settings, arguments)
    return _import(settings, arguments)


def _export(settings: Settings, arguments: argparse.Namespace) -> int:
    with sessions(open_engine(settings.database))() as session:
        site, _ = load_versioned(session)
    text = write_site_file(site, with_secrets=arguments.secrets)
    if arguments.file == "-":
        sys.stdout.write(text)
        return 0
    path = Path(arguments.file)
    path.touch(mode=0o600)  # it may hold secrets
    path.write_text(text, encoding="utf-8")
    return 0


def _import(settings: Settings, arguments: argparse.Namespace) -> int:
    read = read_site_file(_text(arguments.file))
    opened = sessions(open_engine(settings.database))
    if arguments.check:
        with opened() as session:
            _say_changes(session, read)
        return 0
    with opened.begin() as session:
        saved = import_site(session, read)
        passwords = give_first_passwords(session)
    for change in saved.changes:
        _say(str(change))
    if not saved.changes:
        _say("nothing changed")
    for username, password in passwords.items():
        _say(f"password of {username}: {password}   (shown once)")
    for name in make_prompts(settings.prompts, saved.site):
        _say(f"prompts.{name} spoken")
    return _apply(settings) if arguments.apply else 0


def import_site(session: Session, read: SiteFile, by: str = BY) -> Saved:
    """Saves what a file says, errors told with its lines. Users stay when it names none."""
    present, version = load_versioned(session)
    wanted = _wanted(read, present)
    return save_site(session, wanted, by, expected_version=version)


def _wanted(read: SiteFile, present: Site) -> Site:
    wanted = read.site
    # Who sees what is changed by a file that says so, never by one that leaves it out.
    if "teams" not in read.given:
        wanted = dataclasses.replace(wanted, teams=present.teams)
    if "users" not in read.given:
        wanted = dataclasses.replace(wanted, users=present.users)
    wanted = settled(wanted, present, secrets.choice)
    read.refuse_unsound(wanted)
    return wanted


def _say_changes(session: Session, read: SiteFile) -> None:
    present, _ = load_versioned(session)
    found = changes(present, _wanted(read, present))
    for change in found:
        _say(str(change))
    if not found:
        _say("nothing would change")


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise InvalidInput(f"cannot read {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text: {error}") from error


def _apply(settings: Settings) -> int:
    from callcenter import cli  # the table of verbs, which imports this file

    return cli.main(["--home", str(settings.home), "config", "apply"])


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the command's own output
