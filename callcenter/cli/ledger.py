"""`callcenter ledger status|unreconciled|prove|rebuild|refold|ingest`: the books, and history."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.cli.writing import utc_day
from callcenter.db.engine import open_engine, sessions
from callcenter.db.migrations import upgrade
from callcenter.db.models.calls import Call
from callcenter.db.models.ledger import LedgerSource, RejectedLine
from callcenter.db.site_store import load_site
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import zone_of
from callcenter.ledger.erasure_key import erasure_key
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.import_history import import_history
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.reconcile import reconcile
from callcenter.ledger.refold_all import refold_all
from callcenter.ledger.rollups import finish_rebuild, progress
from callcenter.ledger.rollups.prove import prove
from callcenter.ledger.rollups.rebuild import Progress
from callcenter.settings import Settings

FILES = {QUEUE_LOG: "--queue-log", CEL: "--cel", CDR: "--cdr"}
WHAT = ("status", "unreconciled", "prove", "rebuild", "refold", "ingest")
HELP = "how far facts are read, what does not add up (JSON); history of another Asterisk (ingest)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT)
    for source, option in FILES.items():
        parser.add_argument(option, dest=source, type=Path, help=f"ingest: a {source} file")
    parser.add_argument("--db", help="database URL; default: this installation's")
    parser.add_argument("--node", default="imported", help="ingest: name of the other system")
    parser.add_argument("--timezone", help="ingest: of the times in the CDR; default: the site's")
    parser.add_argument("--days", type=float, default=7, help="judge the last so many (default 7)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """0; 3 when calls do not reconcile, or roll-ups had to be mended."""
    if arguments.what == "ingest":
        return _ingest(settings, arguments)
    engine = open_engine(arguments.db or settings.database)
    if arguments.what == "prove":
        compared, wrong = prove(sessions(engine))
        mended = [asdict(each) for each in wrong]
        print(json.dumps({"compared": compared, "mended": mended}, indent=2))  # noqa: T201
        return 3 if wrong else 0
    if arguments.what == "rebuild":
        finish_rebuild(sessions(engine), anew=not _begun(sessions(engine)), said=_say_progress)
        return 0
    if arguments.what == "refold":
        folded = refold_all(sessions(engine), _say_folded)
        print(json.dumps({"calls": folded}))  # noqa: T201
        return 0
    with sessions(engine).begin() as session:
        period = arguments.days * 86_400
        found = reconcile(session, settings.recordings, time.time(), period)
        if arguments.what == "unreconciled":
            shown: Any = [asdict(each) for each in found]
        else:
            shown = _status(session) | {"unreconciled": len(found)}
    print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
    return 3 if found else 0


def _say_folded(node: str, calls: int) -> None:
    print(f"{node}: {calls} calls folded", file=sys.stderr, flush=True)  # noqa: T201


def _begun(opened: sessionmaker[Session]) -> bool:
    """A rebuild that was broken off goes on where it stood."""
    with opened.begin() as session:
        return not progress(session).done


def _say_progress(left: Progress) -> None:
    if left.callers_after is not None:
        said = f"callers after {left.callers_after or 'none'}"
    elif left.days_before is not None:
        said = f"days before {utc_day(left.days_before)}"
    else:
        said = "nothing"
    print(f"still to be reckoned: {said}", file=sys.stderr, flush=True)  # noqa: T201


def _ingest(settings: Settings, arguments: argparse.Namespace) -> int:
    files = {source: path for source in FILES if (path := getattr(arguments, source))}
    if not files:
        raise InvalidInput(f"name at least one file: {', '.join(FILES.values())}")
    for path in files.values():
        if not path.is_file():
            raise InvalidInput(f"there is no file {path}")
    if arguments.node == settings.node:
        raise InvalidInput(f"{settings.node} is this Asterisk itself; choose another --node")
    engine = open_engine(arguments.db or settings.database)
    upgrade(engine)
    with sessions(engine).begin() as session:
        zone = arguments.timezone or load_site(session).timezone
    began = time.monotonic()
    done = import_history(
        sessions(engine), arguments.node, files, zone_of(zone), time.time(),
        key=erasure_key(settings),
    )  # fmt: skip
    seconds = round(time.monotonic() - began, 3)
    print(json.dumps(asdict(done) | {"node": arguments.node, "seconds": seconds}))  # noqa: T201
    return 0


def _status(session: Session) -> dict[str, Any]:
    sources = session.scalars(select(LedgerSource).order_by(LedgerSource.node, LedgerSource.name))
    rejected = session.execute(
        select(RejectedLine.source, RejectedLine.reason, func.count()).group_by(
            RejectedLine.source, RejectedLine.reason
        )
    )
    return {
        "sources": [
            {"node": each.node, "name": each.name, "offset": each.offset,
             "lines_read": each.lines_read, "read_at": each.read_at}
            for each in sources
        ],
        "rejected": [
            {"source": source, "reason": reason, "lines": lines}
            for source, reason, lines in rejected
        ],
        "calls": session.scalar(select(func.count()).select_from(Call)) or 0,
    }  # fmt: skip
