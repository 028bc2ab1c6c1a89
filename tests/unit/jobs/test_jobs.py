import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter import settings as settings_module
from callcenter.control.fake import FakeController
from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import UserRow, WebSessionRow
from callcenter.db.models.ledger import LedgerFact
from callcenter.domain.site import Site
from callcenter.jobs.backup_database import backup_database
from callcenter.jobs.forget_sessions import KEPT_SECONDS, forget_sessions
from callcenter.jobs.process import run_job
from callcenter.jobs.rotate_facts import KEPT_DAYS, kept_days, rotate_facts
from callcenter.jobs.table import JOBS, Job
from callcenter.jobs.trim_logs import trim_logs
from callcenter.ledger.process import read_once
from callcenter.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = settings_module.load(tmp_path)
    found.logs.mkdir()
    engine = open_engine(found.database)
    migrations.upgrade(engine)
    engine.dispose()
    return found


def test_full_log_is_kept_aside_and_its_writer_goes_on(settings: Settings) -> None:
    path = settings.logs / "web.log"
    with path.open("a") as writer:
        writer.write("x" * 100)
        writer.flush()
        assert trim_logs(settings, largest_bytes=99) == "rotated 1"
        writer.write("after")
    assert path.read_text() == "after"
    assert (settings.logs / "web.log.1").read_text() == "x" * 100


def test_sources_of_the_ledger_are_never_trimmed(settings: Settings) -> None:
    source = settings.asterisk_log / "queue_log"
    source.parent.mkdir(parents=True)
    source.write_text("x" * 100)
    assert trim_logs(settings, largest_bytes=1) == "rotated 0"
    assert source.read_text() == "x" * 100


def test_facts_are_rotated_and_go_when_they_are_read_and_old(settings: Settings) -> None:
    folder, started = settings.asterisk_log, 1_795_393_000
    folder.mkdir(parents=True)
    queue_log, full = folder / "queue_log", folder / "full"

    def wrote(second: int) -> None:
        with queue_log.open("a") as file:
            file.write(f"{started + second}|NONE|NONE|{second}|PAUSE|\n")

    engine = open_engine(settings.database)
    wrote(1)
    full.write_text("oh no")
    with FakeController(settings.control_socket) as asterisk:
        assert rotate_facts(settings, lambda: started + 9) == "rotated 2, deleted 0"
        assert [each.command for each in asterisk.requests] == ["reopen_logs"]
    wrote(2)
    stamp = f"{datetime.fromtimestamp(started + 9, UTC):%Y%m%d%H%M%S}"
    names = {each.name for each in folder.iterdir()}
    assert names == {f"full-{stamp}", "queue_log", f"queue_log-{stamp}"}
    nine_days = time.time() + 9 * 86_400
    assert (
        rotate_facts(settings, lambda: nine_days) == "rotated 1, deleted 1"
    )  # nobody has read them
    wrote(3)
    while read_once(settings, engine):
        pass
    with sessions(engine)() as session:
        assert sorted(session.scalars(select(LedgerFact.agent))) == ["1", "2", "3"]
    assert rotate_facts(settings, lambda: time.time() + 5 * 86_400).endswith("deleted 0")
    wrote(4)
    while read_once(settings, engine):
        pass
    assert rotate_facts(settings, lambda: nine_days + 1).endswith("deleted 3")
    (left,) = folder.glob("queue_log*")
    assert left.read_text() == f"{started + 4}|NONE|NONE|4|PAUSE|\n"


def test_facts_stay_no_longer_than_the_site_keeps_numbers() -> None:
    assert kept_days(Site()) == KEPT_DAYS
    assert kept_days(Site(keep_numbers_days=3, keep_calls_days=30)) == 3


def test_backup_is_a_whole_database_and_old_ones_go(settings: Settings) -> None:
    folder = settings.home / "backup"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"callcenter-2020010{day}-000000.sqlite").touch()
    made = Path(backup_database(settings, kept=2))
    assert len(list(folder.iterdir())) == 2
    assert made.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(made)) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    assert "alembic_version" in tables


def test_old_web_sessions_go_and_others_stay(empty_database_url: str, tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, database_url=empty_database_url)
    engine = open_engine(empty_database_url)
    migrations.upgrade(engine)
    now = time.time()
    with sessions(engine).begin() as session:
        user = UserRow(username="ann", name="Ann", role="admin")
        session.add(user)
        session.flush()
        for age in (0.0, KEPT_SECONDS + 60):
            session.add(
                WebSessionRow(
                    token_hash=f"{age}", user_id=user.id, created_at=now - age, seen_at=now
                )
            )
    assert forget_sessions(chosen) == "deleted 1"
    assert forget_sessions(chosen) == "deleted 0"
    engine.dispose()


def test_a_job_that_fails_does_not_stop_the_process(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_settings: Settings) -> str:
        raise RuntimeError("disk on fire")

    run_job(Job("bad", JOBS[0].trigger, fail), settings)
    assert [record.message for record in caplog.records] == ["job_failed"]
