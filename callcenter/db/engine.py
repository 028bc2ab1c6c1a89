"""Engines and sessions. SQLite is the default, PostgreSQL for production; both are tested."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

SQLITE_BUSY_SECONDS = 15
# Compiling a statement costs a quarter of a second, whatever little it reads. And pages of a long
# list are to be read along their index, also where its rows lie apart: disks no longer seek.
POSTGRES_OPTIONS = "-c jit=off -c random_page_cost=1.1"


def open_engine(url: str) -> Engine:
    """An engine for `url`, with foreign keys and write-ahead logging on when it is SQLite."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    # Many small changes go in one message: each would wait for an answer of its own otherwise.
    own = "options" in make_url(url).query  # whoever names some in the URL knows better
    return create_engine(
        url,
        pool_pre_ping=True,
        executemany_mode="values_plus_batch",
        connect_args={} if own else {"options": POSTGRES_OPTIONS},
    )


def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
