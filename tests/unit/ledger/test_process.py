"""The process that follows the files: with the database away nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callcenter.db.engine import open_engine
from callcenter.db.models import Base
from callcenter.health import database
from callcenter.health.finding import Level
from callcenter.ledger.facts import CEL
from callcenter.ledger.process import FILES, follow
from callcenter.ledger.spool import spool
from callcenter.settings import Settings
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import books, calls, empty_ledger, feed

SECONDS = 60  # a deadline, not an expectation


@contextmanager
def _following(settings: Settings, engine: Engine) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(settings, engine, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


def _write(settings: Settings, situation: str) -> None:
    for source, line in recorded(situation):
        path = settings.asterisk_log / FILES[source]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _wait_for_calls(engine: Engine, count: int) -> None:
    until = time.monotonic() + SECONDS
    while len([call for call in calls(engine) if call.ended_at]) != count:
        assert time.monotonic() < until, calls(engine)
        threading.Event().wait(0.05)


def test_lines_written_while_the_tables_are_away_are_taken_when_they_are_back(
    empty_database_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    engine = open_engine(empty_database_url)
    _write(settings, "hold")
    with _following(settings, engine):
        _write(settings, "attended_twice")
        Base.metadata.create_all(engine)
        _wait_for_calls(engine, 2)
        Base.metadata.drop_all(engine)
    engine.dispose()


def test_what_waits_for_the_database_is_measured_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    engine = empty_ledger(f"sqlite:///{tmp_path / 'books.sqlite'}")
    _write(settings, "hold")
    with _following(settings, engine):
        _wait_for_calls(engine, 1)
        until = time.monotonic() + SECONDS
        while spool(settings, FILES).caught_up_at is None:
            assert time.monotonic() < until
            threading.Event().wait(0.05)
    assert spool(settings, FILES).waiting_bytes == 0
    assert database.facts_read(settings).level is Level.OK

    _write(settings, "attended_twice")  # nobody reads; the first file is rotated meanwhile
    (settings.asterisk_log / FILES[CEL]).rename(settings.asterisk_log / "cel-custom/cel.csv.1")
    _write(settings, "attended_twice")
    written = sum(len(line.encode()) + 1 for _, line in recorded("attended_twice"))
    assert spool(settings, FILES).waiting_bytes == 2 * written
    tight = replace(
        settings, spool_most_mb=0, database_url="postgresql+psycopg2://x@127.0.0.1:1/none"
    )
    assert database.facts_read(tight).level is Level.BROKEN
    assert "MB of facts wait" in database.facts_read(tight).what
    away = open_engine(tight.database)
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(tight, away, stop))
    thread.start()
    until = time.monotonic() + SECONDS
    while "spool_over_bound" not in caplog.text:
        assert time.monotonic() < until
        threading.Event().wait(0.05)
    stop.set()
    thread.join(SECONDS)
    away.dispose()

    with _following(settings, engine):
        _wait_for_calls(engine, 2)
    engine.dispose()


def test_stopped_and_started_again_it_goes_on_where_it_was(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    engine = empty_ledger(database_url)
    _write(settings, "hold")
    with _following(settings, engine):
        _wait_for_calls(engine, 1)
    (settings.asterisk_log / FILES[CEL]).rename(settings.asterisk_log / "cel-custom/cel.csv.1")
    _write(settings, "attended_twice")
    with _following(settings, engine):
        _wait_for_calls(engine, 2)
    once = books(engine)
    feed(engine, recorded("hold") + recorded("attended_twice"))
    assert books(engine) == once
    engine.dispose()
