"""Databases with every table and no row, copied from one that was made once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from tests import postgres

TEMPLATE = "with_tables"


def sqlite(path: Path) -> str:
    """URL of a new database in the file `path`."""
    path.write_bytes(_sqlite_file())
    return f"sqlite:///{path}"


@contextmanager
def postgresql(cluster_url: str) -> Iterator[str]:
    """URL of a new database in the cluster."""
    _make_template(cluster_url)
    with postgres.database(cluster_url, TEMPLATE) as url:
        yield url


def sqlite_file(fill: Callable[[Session], None]) -> bytes:
    """What is in the file of a database after `fill`, for who copies it often."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "filled.sqlite"
        engine = open_engine(sqlite(file))
        with sessions(engine).begin() as session:
            fill(session)
        engine.dispose()  # only then everything is in the one file
        return file.read_bytes()


@cache
def _sqlite_file() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tables.sqlite"
        _make_tables(f"sqlite:///{file}")
        return file.read_bytes()


@cache
def _make_template(cluster_url: str) -> None:
    postgres.create(cluster_url, TEMPLATE)
    _make_tables(make_url(cluster_url).set(database=TEMPLATE).render_as_string())


def _make_tables(url: str) -> None:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()  # PostgreSQL copies only what nobody uses
