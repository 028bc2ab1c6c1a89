"""What runs and how it stands, as one plain dict (`callcenter status --json`)."""

from __future__ import annotations

import platform
import time
from importlib import metadata
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from callcenter.control import ControlClient
from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.domain.errors import CallcenterError
from callcenter.ledger.judge import Standing, standing
from callcenter.ledger.process import FILES
from callcenter.ledger.spool import spool
from callcenter.pbx import runtime
from callcenter.settings import CHECKOUT, Settings
from callcenter.supervisor import pid_files
from callcenter.supervisor.supervisor import ORDER

# The demo is no part of an installation that serves people.
EXPECTED = tuple(name for name in ORDER if name != "demo")
ANSWER_SECONDS = 3.0


def status(settings: Settings) -> dict[str, Any]:
    """`expected, versions, processes {name: {pid}}, pbx_connected, calls_up, unreconciled_calls,
    unreconciled {kind: count}, reconciled_at {node: epoch seconds}, facts_waiting_bytes`.

    A figure that cannot be had just now is None, never 0.
    """
    live = _live(settings)
    schema, books = _books(settings)
    return {
        "expected": list(EXPECTED),
        "versions": {
            "callcenter": _own_version(),
            "asterisk": _asterisk_version(),
            "python": platform.python_version(),
            "schema": schema,
        },
        "processes": {name: {"pid": pid_files.alive(settings, name)} for name in ORDER},
        "pbx_connected": live.get("pbx", {}).get("connected"),
        "calls_up": live.get("calls"),
        "facts_waiting_bytes": spool(settings, FILES).waiting_bytes,
        "unreconciled_calls": len(books.found) if books else None,
        "unreconciled": books.by_kind if books else None,
        "reconciled_at": {each.node: each.judged_at for each in books.judged} if books else None,
    }


def _live(settings: Settings) -> dict[str, Any]:
    try:
        client = ControlClient(settings.control_socket)
        return client.request("status", deadline_seconds=ANSWER_SECONDS)
    except CallcenterError:
        return {}


def _books(settings: Settings) -> tuple[str | None, Standing | None]:
    """(schema step, what does not reconcile)."""
    engine = open_engine(settings.database)
    try:
        schema = migrations.current(engine)
        with sessions(engine)() as session:
            return schema, standing(session, settings.recordings, time.time(), settings.node)
    except SQLAlchemyError:
        return None, None
    finally:
        engine.dispose()


def _asterisk_version() -> str | None:
    try:
        return runtime.find_asterisk().version_text
    except CallcenterError:
        return None


def _own_version() -> str:
    """The package is not installed into its environment: read it where it is written."""
    try:
        return metadata.version("callcenter")
    except metadata.PackageNotFoundError:
        import tomllib

        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])
