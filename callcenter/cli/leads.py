"""`callcenter leads …`: lists of people to call: load, look up, export, recycle, and why not."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from callcenter.cli.writing import BY, audit
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.leads import imports, manage
from callcenter.dialer.leads.change import change_lead
from callcenter.dialer.leads.columns import guessed, looks_like_lead
from callcenter.dialer.leads.imports import DUPLICATES, ImportOptions, run_import
from callcenter.dialer.leads.spreadsheet import replace_xlsx
from callcenter.dialer.leads.table_file import ENCODINGS, Reading, first_rows, safe_cell
from callcenter.dialer.leads.why import CampaignAnswer, NumberAnswer, why
from callcenter.domain.errors import InvalidInput
from callcenter.privacy.erased_leads import ErasedSince
from callcenter.settings import Settings

HELP = "lists of people to call: load a file, look up, export, recycle, and why one is not dialed"
Makers = sessionmaker[Session]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("lists", help="the lists, with how many leads each has")
    make = actions.add_parser("make-list", help="a new, empty list")
    make.add_argument("name")
    make.add_argument("--title", default="")
    make.add_argument("--country", default="", help="of numbers without a country code, e.g. US")
    load = actions.add_parser("import", help="load a CSV or XLSX file into a list")
    load.add_argument("file", type=Path)
    load.add_argument("--list", required=True, help="the list; see make-list")
    load.add_argument(
        "--map", default="", metavar="COLUMN=FIELD,…",
        help="columns by name or number (from 1), e.g. Tel=number,3=given_name,Plan=custom:plan; "
        "left out: guessed from the names of the columns",
    )  # fmt: skip
    load.add_argument("--duplicates", choices=DUPLICATES, default="list")
    load.add_argument("--encoding", choices=ENCODINGS, default="")
    load.add_argument("--delimiter", default="")
    load.add_argument("--sheet", default="", help="of an XLSX file; left out: the first")
    load.add_argument("--no-header", action="store_true", help="the first row is a lead already")
    load.add_argument("--preview", action="store_true", help="only show what would be read")
    resume = actions.add_parser("resume", help="go on with an import that was killed")
    resume.add_argument("import_id", type=int)
    actions.add_parser("imports", help="what was loaded, and what goes on")
    export = actions.add_parser("export", help="a list as CSV on standard output, or as XLSX")
    export.add_argument("list")
    export.add_argument("--xlsx", type=Path, metavar="FILE", help="write this file")
    add = actions.add_parser("add", help="one lead")
    add.add_argument("list")
    add.add_argument("values", nargs="+", metavar="FIELD=VALUE", help="number=… given_name=…")
    change = actions.add_parser("change", help="put one lead right; what is not named stays")
    change.add_argument("lead", type=int)
    change.add_argument("values", nargs="+", metavar="FIELD=VALUE", help="postal_code=75001 …")
    recycle = actions.add_parser("recycle", help="open leads of a list again")
    recycle.add_argument("list")
    recycle.add_argument("--where", default="", help="a condition as JSON (docs/dialer.md)")
    asked = actions.add_parser("why", help="why a lead is not dialed, and when it will be due")
    asked.add_argument("lead", type=int)
    asked.add_argument("--campaign", default="")
    asked.add_argument("--json", action="store_true")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    engine = open_engine(settings.database)
    try:
        return _ACTIONS[arguments.action](settings, sessions(engine), arguments)
    finally:
        engine.dispose()


def _say(text: str) -> None:
    print(text)  # noqa: T201


def _lists(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers() as session:
        for each in manage.lists_with_figures(session):
            used = ", ".join(each.campaigns) or "no campaign"
            _say(
                f"{each.row.name}: {each.leads} leads, {each.open} open, {each.fresh} fresh; {used}"
            )
    return 0


def _make_list(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    title = arguments.title or arguments.name
    with makers.begin() as session:
        manage.make_list(session, arguments.name, title, arguments.country, time.time())
        audit(session, "lead_list_made", arguments.name)
    _say(f"list {arguments.name} made")
    return 0


def _import(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    reading = Reading(
        arguments.encoding, arguments.delimiter, arguments.sheet, not arguments.no_header
    )
    rows = first_rows(arguments.file, reading, 4)
    if not rows:
        raise InvalidInput(f"{arguments.file} has no rows")
    header = rows[0] if reading.header else []
    with makers() as session:
        country = manage.find_list(session, arguments.list).country
    if (index := looks_like_lead(header, country)) is not None:
        raise InvalidInput(
            f"the first row has a phone number ({header[index]}): is it a lead already? Then add "
            f"--no-header, and --map {index + 1}=number,…"
        )
    columns = _mapping(arguments.map, header) if arguments.map else guessed(header)
    for index, name in columns.items():
        values = [row[index] for row in rows[reading.header :] if index < len(row)]
        _say(f"  {header[index] if header else index + 1} → {name}: {', '.join(values)}")
    options = ImportOptions(columns, reading, arguments.duplicates)
    if arguments.preview:
        return 0
    with makers.begin() as session:
        file, name = arguments.file, arguments.file.name
        now = time.time()
        row = imports.prepare_import(session, settings.home, file, name, arguments.list, BY, now)
        imports.start_import(session, row.id, options, now)
        audit(session, "leads_imported", arguments.list, f"{name}, import {row.id}")
    return _run_import(settings, makers, row.id)


def _mapping(text: str, header: list[str]) -> dict[int, str]:
    found = {}
    for part in text.split(","):
        column, sign, name = part.strip().partition("=")
        if not sign:
            raise InvalidInput(f"--map {part!r}: write COLUMN=FIELD, with a comma between two")
        if column in header:
            found[header.index(column)] = name.strip()
        elif column.isdigit() and 1 <= int(column) <= 300:
            found[int(column) - 1] = name.strip()
        else:
            known = ", ".join(header) or "numbers from 1"
            raise InvalidInput(f"there is no column {column!r}; there are {known}")
    return found


def _run_import(settings: Settings, makers: Makers, import_id: int) -> int:
    began, first = time.monotonic(), [0]

    def tell(row: LeadImportRow) -> None:
        first[0] = first[0] or row.rows_done
        total = f" of {row.rows_total}" if row.rows_total else ""
        rate = (row.rows_done - first[0]) / max(0.1, time.monotonic() - began)
        line = f"\r{row.rows_done}{total} rows, {row.loaded} loaded, {rate:.0f}/s"
        print(line, end="", file=sys.stderr, flush=True)  # noqa: T201

    erased = ErasedSince(settings)
    row = run_import(makers, settings.home, import_id, time.time, tell, erased=erased)
    print(file=sys.stderr)  # noqa: T201
    _say(
        f"import {row.id} {row.state}: {row.loaded} loaded, {row.refused} left out, of these "
        f"{row.duplicates} duplicates and {row.blocked} on a do-not-call list"
    )
    if row.refused:
        _say(f"why, row by row: {imports.folder_of(settings.home, row.id) / 'errors.csv'}")
    if row.state == "failed":
        raise InvalidInput(row.message)
    return 0


def _resume(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    return _run_import(settings, makers, arguments.import_id)


def _imports(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers() as session:
        for row, name in imports.import_rows(session):
            _say(
                f"{row.id}: {row.file_name} → {name}: {row.state}, {row.rows_done} of "
                f"{row.rows_total or '?'} rows, {row.loaded} loaded, {row.refused} left out"
                + (f"; {row.message}" if row.message else "")
            )
    return 0


def _export(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers.begin() as session:
        rows = manage.exported(session, arguments.list)
        if arguments.xlsx:
            replace_xlsx(rows, arguments.xlsx)
        else:
            writer = csv.writer(sys.stdout)
            writer.writerows([safe_cell(cell) for cell in row] for row in rows)
        audit(session, "leads_exported", arguments.list)
    return 0


def _add(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers.begin() as session:
        lead = manage.add_lead(session, arguments.list, _values(arguments), time.time(), BY)
        audit(session, "lead_added", str(lead), arguments.list)
    _say(f"lead {lead}")
    return 0


def _change(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers.begin() as session:
        changed = change_lead(session, arguments.lead, _values(arguments), time.time())
        audit(session, "lead_changed", str(arguments.lead), ", ".join(changed))
    _say(f"lead {arguments.lead}: {', '.join(changed) or 'nothing'} changed")
    return 0


def _values(arguments: argparse.Namespace) -> dict[str, str]:
    pairs = [each.partition("=") for each in arguments.values]
    if wrong := next((name for name, sign, _ in pairs if not sign), ""):
        raise InvalidInput(f"{wrong!r}: write FIELD=VALUE")
    return {name: value for name, _, value in pairs}


def _recycle(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    with makers.begin() as session:
        count = manage.recycle(session, arguments.list, arguments.where, time.time())
        audit(session, "leads_recycled", arguments.list, f"{count}: {arguments.where}")
    _say(f"{count} leads are open again")
    return 0


def _why(settings: Settings, makers: Makers, arguments: argparse.Namespace) -> int:
    now = time.time()
    with makers() as session:
        answer = why(session, arguments.lead, now, arguments.campaign)
    if arguments.json:
        found = [_plain(campaign) for campaign in answer.campaigns]
        _say(json.dumps({"lead": answer.lead.id, "campaigns": found}, indent=2))
        return 0
    if not answer.campaigns:
        _say(f"no campaign has the list {answer.lead.list}")
    for campaign in answer.campaigns:
        for number in campaign.numbers:
            _say(f"{campaign.campaign.name}, {number.number.number}: {_due(number, now)}")
            for verdict in number.verdicts:
                _say(f"  {'ok ' if verdict.passes else 'NO '} {verdict.rule}: {verdict.words}")
    return 0


def _due(number: NumberAnswer, now: float) -> str:
    if number.allowed:
        return "may be dialed now"
    if number.due_at is None:
        return "not by waiting: somebody has to change something"
    zone = number.number.zones[0] if number.number.zones else "UTC"
    return f"due {datetime.fromtimestamp(number.due_at, ZoneInfo(zone)):%Y-%m-%d %H:%M} in {zone}"


def _plain(campaign: CampaignAnswer) -> dict[str, object]:
    return {
        "campaign": campaign.campaign.name,
        "due_at": campaign.due_at,
        "numbers": [
            {
                "number": each.number.number,
                "allowed": each.allowed,
                "due_at": each.due_at,
                "due": each.due_at and datetime.fromtimestamp(each.due_at, UTC).isoformat(),
                "rules": {v.rule: {"passes": v.passes, "words": v.words} for v in each.verdicts},
            }
            for each in campaign.numbers
        ],
    }


_ACTIONS = {
    "lists": _lists,
    "make-list": _make_list,
    "import": _import,
    "resume": _resume,
    "imports": _imports,
    "export": _export,
    "add": _add,
    "change": _change,
    "recycle": _recycle,
    "why": _why,
}
