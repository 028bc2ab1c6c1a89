"""`callcenter do-not-call …`: who may not be called, by number and by whole lists of others."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.cli.writing import BY, audit, run_action, utc_day
from callcenter.db.campaign_store import load_campaign, load_campaigns
from callcenter.db.models.permissions import DoNotCallFileRow, OutsideListRow
from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads import do_not_call
from callcenter.dialer.leads.number_file import RefusedRows, numbers_in
from callcenter.dialer.leads.read import listings_of
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HELP = "who may not be called: single numbers, and lists kept by others such as a national register"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, words in (("add", "enter a number"), ("remove", "take a number out")):
        one = actions.add_parser(action, help=words)
        one.add_argument("number", help="with its country code, or with --country")
        one.add_argument("--country", default="")
        one.add_argument("--campaign", default="", help="for this campaign only")
        one.add_argument("--reason", default="")
    check = actions.add_parser("check", help="whether a number is on a list")
    check.add_argument("number")
    check.add_argument("--country", default="")
    actions.add_parser("lists", help="lists of others, and until when they are good; own files")
    load = actions.add_parser(
        "import",
        help="replace an outside list by what FILE says, or load a file of our own (--own)",
    )
    load.add_argument(
        "--own", action="store_true", help="numbers of our own: a file beside what is entered"
    )
    load.add_argument("file", type=Path, help="CSV or XLSX, the number in the first column")
    load.add_argument("--list", required=True, help="its name, e.g. national-register")
    load.add_argument("--title", default="")
    load.add_argument("--country", default="", help="of numbers without a country code")
    load.add_argument("--scrubbed", required=True, metavar="DAY", help="when it was fetched")
    load.add_argument(
        "--valid-days", type=int, default=31, help="outside: relied on for so long (31)"
    )
    load.add_argument("--reason", default="", help="of an own file: shown with each number")
    drop = actions.add_parser("drop", help="forget an outside list, or take an own file out")
    drop.add_argument("list")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return run_action(settings, arguments, _ACTIONS)


def _add(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    if arguments.campaign:
        load_campaign(session, arguments.campaign)  # a name written wrongly protects nobody
    done = do_not_call.add(
        session,
        number,
        time.time(),
        source="command",
        by=BY,
        reason=arguments.reason,
        campaign=arguments.campaign,
    )
    if not done:
        return f"{number} is on the list already"
    audit(session, "do_not_call_added", number, arguments.campaign)
    return f"{number} will not be called"


def _remove(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    if arguments.campaign:
        do_not_call.remove(session, number, "campaign", arguments.campaign)
    else:
        do_not_call.remove(session, number, "site", None)
    audit(session, "do_not_call_removed", number, arguments.reason)
    return f"{number} may be called again"


def _check(session: Session, arguments: argparse.Namespace) -> str:
    number = e164(arguments.number, arguments.country)
    found = listings_of(session, "", [number]).get(number, ())
    lines = [f"{number}: {each.scope} {each.name} {each.reason}".rstrip() for each in found]
    return "\n".join(lines) or f"{number} is on no site or outside list"


def _lists(session: Session, arguments: argparse.Namespace) -> str:
    rows = session.scalars(select(OutsideListRow).order_by(OutsideListRow.name))
    campaigns = load_campaigns(session)
    lines = [_line(row, do_not_call.good_until(row, campaigns)) for row in rows]
    own = session.scalars(select(DoNotCallFileRow).order_by(DoNotCallFileRow.name))
    lines += [f"{each.name}: {each.numbers} numbers of our own, {each.file_name}" for each in own]
    return "\n".join(lines) or "there is no outside list and no file of our own"


def _line(row: OutsideListRow, good_until: float) -> str:
    old = " TOO OLD: dialing stops until it is loaded anew" if good_until < time.time() else ""
    return f"{row.name}: {row.numbers} numbers, to be relied on until {utc_day(good_until)}{old}"


def _import(session: Session, arguments: argparse.Namespace) -> str:
    scrubbed, refused = _day(arguments.scrubbed), RefusedRows()
    numbers = numbers_in(arguments.file, arguments.country, refused.note)
    name, now, day = arguments.list, time.time(), scrubbed.timestamp()
    if arguments.own:
        count = do_not_call.load_own_file(
            session, name, arguments.file.name, numbers, now, scrubbed_at=day, by=BY,
            reason=arguments.reason,
        )  # fmt: skip
        audit(session, "do_not_call_file_loaded", name, f"{count} numbers")
    else:
        until = (scrubbed + timedelta(days=arguments.valid_days)).timestamp()
        count = do_not_call.replace_outside_list(
            session, name, arguments.title or name, numbers, now, scrubbed_at=day,
            expires_at=until, by=BY,
        )  # fmt: skip
        audit(session, "outside_list_loaded", name, f"{count} numbers")
    left = [f"row {row}: {why}" for row, why in refused.errors]
    if refused.count:
        left.insert(0, f"{refused.count} rows were left out:")
    return "\n".join([f"{name}: {count} numbers", *left])


def _drop(session: Session, arguments: argparse.Namespace) -> str:
    if session.get(DoNotCallFileRow, arguments.list):
        count = do_not_call.drop_own_file(session, arguments.list)
        audit(session, "do_not_call_file_dropped", arguments.list, f"{count} numbers")
        return f"{count} numbers of {arguments.list} are taken out"
    do_not_call.drop_outside_list(session, arguments.list)
    audit(session, "outside_list_dropped", arguments.list)
    return f"{arguments.list} is forgotten"


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput(f"{text!r} is not a day such as 2026-11-23") from None


_ACTIONS = {
    "add": _add,
    "remove": _remove,
    "check": _check,
    "lists": _lists,
    "import": _import,
    "drop": _drop,
}
