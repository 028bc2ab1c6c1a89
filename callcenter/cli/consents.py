"""`callcenter consents …`: who may be called by their own word, and who took it back."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.cli.writing import BY, audit, run_action, utc_day
from callcenter.db.models.permissions import ConsentRow
from callcenter.db.site_store import load_site
from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads import do_not_call
from callcenter.dialer.leads.consents import COLUMNS, Consent, Defaults, give, take_file
from callcenter.settings import Settings

HELP = "people's word that they may be called: a file of them, one, and taken back"
ERRORS_SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("import", help=f"CSV or XLSX with the columns {', '.join(COLUMNS)}")
    load.add_argument("file", type=Path)
    load.add_argument("--source", default="", help="of rows that do not say it, e.g. 'web form'")
    add = actions.add_parser("give", help="write one down")
    add.add_argument("--source", required=True, help="where it was given, e.g. 'web form'")
    add.add_argument("--evidence", default="", help="where the proof lies")
    add.add_argument("--campaign", default="", help="for this campaign only")
    revoke = actions.add_parser("revoke", help="all consents of a number are taken back")
    show = actions.add_parser("show", help="the consents of a number")
    for each in (add, revoke, show):
        each.add_argument("number", help="with its country code, or with --country")
    for each in (load, add, revoke, show):
        each.add_argument("--country", default="", help="of numbers without a country code")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return run_action(settings, arguments, _ACTIONS)


def _import(session: Session, arguments: argparse.Namespace) -> str:
    zone = ZoneInfo(load_site(session).timezone)
    defaults = Defaults(arguments.country, arguments.source, zone)
    taken = take_file(session, arguments.file, defaults, BY, time.time())
    audit(session, "consents_loaded", arguments.file.name, f"{taken.added} consents")
    lines = [f"{taken.added} consents written, {taken.known} were there, {taken.refused} left out"]
    lines += [f"line {line}: {why}" for line, why in taken.errors[:ERRORS_SHOWN]]
    more = taken.refused - ERRORS_SHOWN
    return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)


def _give(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    consent = Consent(
        number, arguments.source, arguments.evidence, time.time(), campaign=arguments.campaign
    )
    if not give(session, consent, BY):
        return f"{number} has given this one already"
    audit(session, "consent_written", number, arguments.source)
    return f"the consent of {number} is written down"


def _revoke(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    count = do_not_call.revoke(session, number, time.time(), source="command")
    do_not_call.look_again(session, [number])
    audit(session, "consent_revoked", number)
    return f"{count} consents of {number} are taken back"


def _show(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    query = select(ConsentRow).where(ConsentRow.number == number).order_by(ConsentRow.given_at)
    return "\n".join(_line(row) for row in session.scalars(query)) or f"{number} gave none"


def _line(row: ConsentRow) -> str:
    taken_back = f", taken back {utc_day(row.revoked_at)}" if row.revoked_at else ""
    until = f", until {utc_day(row.expires_at)}" if row.expires_at else ""
    whose = f" for {row.campaign}" if row.campaign else ""
    return (
        f"{utc_day(row.given_at)} {row.source}{whose} {row.evidence}".rstrip() + until + taken_back
    )


_ACTIONS = {"import": _import, "give": _give, "revoke": _revoke, "show": _show}
