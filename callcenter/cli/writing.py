"""What verbs that write share: one transaction, an audit entry, one answer printed, its days."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from callcenter.db.engine import open_engine, sessions
from callcenter.settings import Settings

BY = "command line"
Action = Callable[[Session, argparse.Namespace], str]


def run_action(
    settings: Settings, arguments: argparse.Namespace, actions: Mapping[str, Action]
) -> int:
    """`arguments.action` in a transaction; what it says is printed."""
    engine = open_engine(settings.database)
    try:
        with sessions(engine).begin() as session:
            print(actions[arguments.action](session, arguments))  # noqa: T201
    finally:
        engine.dispose()
    return 0


def audit(session: Session, action: str, subject: str, detail: str = "") -> None:
    write_audit(
        session, at=time.time(), by=BY, action=action, subject=subject, detail=detail, address=""
    )


def utc_day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def utc_minute(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
