"""Checks of the database and of what the ledger wrote into it."""

from __future__ import annotations

import time

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.health.finding import Finding, broken, ok, warning
from callcenter.ledger.judge import standing
from callcenter.ledger.process import FILES
from callcenter.ledger.spool import spool
from callcenter.settings import Settings

MEND = "check database_url in callcenter.toml, and that the database server runs"
BEHIND_SECONDS = 60.0


def reachable(settings: Settings) -> Finding:
    shown = make_url(settings.database).render_as_string(hide_password=True)
    engine = open_engine(settings.database)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return broken("database", f"{shown}: {_short(error)}", MEND)
    finally:
        engine.dispose()
    return ok("database", shown)


def migrated(settings: Settings) -> Finding:
    engine = open_engine(settings.database)
    try:
        stands, newest = migrations.current(engine), migrations.newest()
    except SQLAlchemyError as error:
        return broken("schema", _short(error), MEND)
    finally:
        engine.dispose()
    if stands != newest:
        what = f"at step {stands or 'none'}, the newest is {newest}"
        return broken("schema", what, "run `callcenter db upgrade`")
    return ok("schema", f"step {stands}")


def reconciled(settings: Settings) -> Finding:
    engine = open_engine(settings.database)
    try:
        with sessions(engine)() as session:
            found = standing(session, settings.recordings, time.time(), settings.node)
    except SQLAlchemyError as error:
        return broken("books", _short(error), "run `callcenter db upgrade`")
    finally:
        engine.dispose()
    if found.found:
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.by_kind.items() if count)
        mend = "open Calls, then 'Do they add up?': it names each call and what does not match"
        return warning("books", f"{len(found.found)} calls do not reconcile: {kinds}", mend)
    return ok("books", "every call reconciles")


def facts_read(settings: Settings) -> Finding:
    """Without the database: what waits for it lies on disk."""
    part, now = "facts", time.time()
    waits = spool(settings, FILES)
    mend = (
        "mend the database and see that the ledger runs: it catches up by itself; "
        f"delete nothing in {settings.asterisk_log}"
    )
    if waits.over:
        return broken(part, waits.said(now), mend)
    behind = waits.caught_up_at is None or now - waits.caught_up_at > BEHIND_SECONDS
    if waits.waiting_bytes and behind:
        return warning(part, waits.said(now), mend)
    return ok(part, "read up to the end" if not waits.waiting_bytes else "being read")


def _short(error: SQLAlchemyError) -> str:
    return str(error).splitlines()[0][:200]
