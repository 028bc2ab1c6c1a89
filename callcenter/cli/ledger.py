"""`callcenter ledger status|unreconciled`: how far the books are, and what does not add up."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.calls import Call
from callcenter.db.models.ledger import LedgerSource, RejectedLine
from callcenter.ledger.reconcile import reconcile
from callcenter.settings import Settings

HELP = "how far the facts have been read, lines set aside, calls that do not add up (JSON)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("status", "unreconciled"))
    parser.add_argument("--days", type=float, default=7, help="judge the last so many (default 7)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """0; 3 when calls do not reconcile."""
    engine = open_engine(settings.database)
    with sessions(engine).begin() as session:
        period = arguments.days * 86_400
        found = reconcile(session, settings.recordings, time.time(), period)
        if arguments.what == "unreconciled":
            shown: Any = [asdict(each) for each in found]
        else:
            shown = _status(session) | {"unreconciled": len(found)}
    print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
    return 3 if found else 0


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
