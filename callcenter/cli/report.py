"""`callcenter report NAME --from … --to … --format json|csv|xlsx|pdf`: the figures of the pages."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import FIRST_DAY, GROUPINGS, LAST_DAY, zone_of
from callcenter.reports.asked import Asked
from callcenter.reports.prepared import names_of
from callcenter.reports.ranking import MOST, Ranking, ranked, ranked_column, read_ranking
from callcenter.reports.table import REPORTS, Report
from callcenter.reports.written import TYPES, Written
from callcenter.settings import Settings

HELP = "a report as JSON, CSV, XLSX or PDF; times are in the site's time zone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=tuple(REPORTS))
    parser.add_argument(
        "--from", dest="since", required=True, help="2026-11-01 or 2026-11-01T08:00"
    )
    parser.add_argument("--to", dest="until", required=True, help="a date includes that day")
    parser.add_argument("--queue", action="append", default=[], help="may be given again")
    parser.add_argument("--agent", action="append", default=[], help="may be given again")
    parser.add_argument("--by", choices=GROUPINGS, default="day")
    parser.add_argument("--sort", default="", help="a column; --sort=-talk: most talk first")
    parser.add_argument(
        "--rows", default="", choices=[str(each) for each in MOST], help="the first"
    )
    parser.add_argument("--format", choices=tuple(TYPES), default="json")
    parser.add_argument("--output", help="a file; xlsx and pdf need it or a redirection")
    parser.add_argument("--db", help="database URL; default: this installation's")
    parser.add_argument("--timezone", help="of the times asked for and shown; default: the site's")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    report = REPORTS[arguments.name]
    with sessions(open_engine(arguments.db or settings.database)).begin() as session:
        site = load_site(session)
        zone = zone_of(arguments.timezone or site.timezone)
        asked = Asked(
            since=instant(arguments.since, zone),
            until=instant(arguments.until, zone, end=True),
            zone=zone,
            now=time.time(),
            by=arguments.by,
            queues=tuple(arguments.queue),
            agents=tuple(arguments.agent),
        )
        rows = ranked(report, report.run(session, asked), _ranking(report, arguments))
        names = names_of(site)
    _put(Written(report, rows, zone, names, asked=asked, site=site.name), arguments)
    return 0


def _ranking(report: Report, arguments: argparse.Namespace) -> Ranking:
    ranking = read_ranking(arguments.sort, arguments.rows)
    if ranking.column and ranked_column(report, ranking) is None:
        known = ", ".join(each.name for each in report.columns)
        raise InvalidInput(f"{report.name} has no column {ranking.column!r}; it has {known}")
    return ranking


def instant(text: str, zone: ZoneInfo, *, end: bool = False) -> float:
    """A local date or time → epoch seconds; a date as an end means the end of that day."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no time; write 2026-11-23 or 2026-11-23T14:05") from None
    if not FIRST_DAY.year <= found.year <= LAST_DAY.year:
        raise InvalidInput(f"{text!r} is too far off; write 2026-11-23")
    if end and len(text) == len("2026-11-23"):
        found += timedelta(days=1)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()


def _put(written: Written, arguments: argparse.Namespace) -> None:
    data = written.as_bytes(arguments.format)
    is_text = arguments.format in ("json", "csv")
    if is_text:
        data = data.rstrip(b"\n") + b"\n"
    if arguments.output:
        Path(arguments.output).write_bytes(data)
        return
    if not is_text and sys.stdout.isatty():
        raise InvalidInput("that file is no text: give --output FILE, or redirect the output")
    sys.stdout.buffer.write(data)
