"""`callcenter person show|export|erase NUMBER` and `callcenter person erasures`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.privacy import Erasure
from callcenter.domain.errors import InvalidInput
from callcenter.privacy.erase import Asked, erase_person
from callcenter.privacy.export import export_person
from callcenter.privacy.person import find_person
from callcenter.settings import Settings

HELP = "what there is about a person, found by number: show, export, erase"

BY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="how much there is")
    export = actions.add_parser("export", help="all of it as a zip: person.json and the sound")
    erase = actions.add_parser("erase", help="take all of it away; there is no way back")
    for each in (show, export, erase):
        each.add_argument("number", help="as callers send it, e.g. +390471200300")
    export.add_argument("--output", required=True, help="the zip file to write, e.g. person.zip")
    erase.add_argument("--asked-by", required=True, help="who asked and how: 'letter of 3 May'")
    erase.add_argument("--yes", action="store_true", help="do it; without, say what would go")
    actions.add_parser("erasures", help="the record of what was erased, newest first")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    engine = open_engine(settings.database)
    try:
        with sessions(engine).begin() as session:
            shown = _ACTIONS[arguments.action](session, settings, arguments)
    finally:
        engine.dispose()
    print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
    return 0


def _show(session: Session, settings: Settings, arguments: argparse.Namespace) -> object:
    return find_person(session, settings, arguments.number).counts


def _export(session: Session, settings: Settings, arguments: argparse.Namespace) -> object:
    person = find_person(session, settings, arguments.number)
    data = export_person(session, settings, person)
    path = Path(arguments.output)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(f"{path} is there already; choose another --output") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    _audit(session, "person_exported", ", ".join(f"{k} {n}" for k, n in person.counts.items() if n))
    return {"written": str(path), **person.counts}


def _erase(session: Session, settings: Settings, arguments: argparse.Namespace) -> object:
    if not arguments.yes:
        counts = find_person(session, settings, arguments.number).counts
        print("Nothing is erased without --yes. This would go:", file=sys.stderr)  # noqa: T201
        return counts
    asked = Asked(BY, arguments.asked_by, time.time())
    return {"erased": erase_person(session, settings, arguments.number, asked).counts}


def _erasures(session: Session, _settings: Settings, _arguments: argparse.Namespace) -> object:
    rows = session.scalars(select(Erasure).order_by(Erasure.id.desc()))
    return [
        {"at": row.at, "by": row.by, "asked_by": row.asked_by, "person": row.number_hash[:12],
         "counts": row.counts}
        for row in rows
    ]  # fmt: skip


def _audit(session: Session, action: str, detail: str) -> None:
    write_audit(session, at=time.time(), by=BY, action=action, subject="person", detail=detail)


_ACTIONS = {"show": _show, "export": _export, "erase": _erase, "erasures": _erasures}
