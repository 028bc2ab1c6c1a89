"""What lies beside the books: kept reports, files of imports, evidence packs."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.evidence.pack import ERASED, pack
from callcenter.dialer.evidence.verify import verify
from callcenter.dialer.leads.imports import folder_of
from callcenter.privacy.erase import Asked, erase_person
from callcenter.reports.kept_rows import write_rows
from callcenter.reports.runs import Found, RunDesk, StillRunning
from callcenter.settings import Settings
from tests.unit.reports.test_runs import ROWS, ended, request, slow, state
from tests.unit.simulation.dialed_day import MORNING, campaign_row, write_day

NUMBER = "+4915123456789"
KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings.database)
    Base.metadata.create_all(opened)
    yield opened
    opened.dispose()


def erase(engine: Engine, settings: Settings, number: str = NUMBER) -> dict[str, int]:
    with sessions(engine).begin() as session:
        return erase_person(session, settings, number, Asked("ann", "a letter", MORNING)).counts


def test_no_kept_report_outlives_an_erasure(engine: Engine, settings: Settings) -> None:
    desk = RunDesk(engine, settings.report_runs, patience_seconds=0.0)
    file = settings.report_runs / "kept.json.gz"
    write_rows(file, ROWS)
    gate = threading.Event()
    begun = threading.Event()
    meanwhile = request(slow(gate, begun=begun), by="meanwhile")
    run = desk.rows(meanwhile)
    assert isinstance(run, StillRunning)
    assert begun.wait(60)
    erase(engine, settings)
    assert not file.exists()
    gate.set()
    until = time.monotonic() + 60
    while state(engine, run.run) == "running" or desk._works:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert list(settings.report_runs.glob("*")) == [], "read before the erasure, kept after it"
    again = desk.rows(meanwhile, run.run)  # asks anew
    assert isinstance(again, Found) or ended(desk, meanwhile, again.run).rows
    desk.close()


def test_a_report_kept_while_an_erasure_was_not_yet_committed_goes_too(
    engine: Engine, settings: Settings
) -> None:
    file = settings.report_runs / "late.json.gz"
    with sessions(engine).begin() as session:
        erase_person(session, settings, NUMBER, Asked("ann", "a letter", MORNING))
        write_rows(file, ROWS)
    assert not file.exists()


def test_rows_left_out_of_imports_and_files_not_loaded(engine: Engine, settings: Settings) -> None:
    with sessions(engine).begin() as session:
        session.add(LeadListRow(name="one", title="One", country="DE", made_at=1.0))
        session.flush()
        for state in ("done", "cancelled", "preview"):
            session.add(LeadImportRow(
                list_id=1, file_name="f.csv", path="", digest="", options={}, state=state,
                by="ann", started_at=1.0, progressed_at=1.0,
            ))  # fmt: skip
        session.flush()
        ids = {each.state: each.id for each in session.scalars(select(LeadImportRow))}
    for each in ids.values():
        folder = folder_of(settings.home, each)
        folder.mkdir(parents=True)
        (folder / "file").write_text("0151 23456789,Eve\n")
    errors = folder_of(settings.home, ids["done"]) / "errors.csv"
    with errors.open("w", newline="") as file:
        csv.writer(file).writerows([
            ["row", "reason", "phone", "name"],
            ["2", "twice", "0151 234-567-89", "Eve,\nwho \"asked\""],
            ["3", "too short", "0177", "Bob"],
            ["4", f"the number {NUMBER} is in the list already", "", "Eve"],
        ])  # fmt: skip
    assert erase(engine, settings)["rows left out of imports"] == 2
    assert list(csv.reader(errors.open(newline=""))) == [
        ["row", "reason", "phone", "name"], ["3", "too short", "0177", "Bob"],
    ]  # fmt: skip
    left = {state for state, id in ids.items() if (folder_of(settings.home, id) / "file").exists()}
    assert left == {"preview"}, "one that may still be loaded stays"


def test_evidence_before_and_after_an_erasure(engine: Engine, settings: Settings) -> None:
    def packed() -> list[str]:
        with sessions(engine).begin() as session:
            return list(pack(session, "spring", MORNING, MORNING + 7200, KEY, "ann", now=MORNING))

    with sessions(engine).begin() as session:
        session.add(campaign_row())
        write_day(session, dials=200, seconds=3600)
        session.flush()
        number = session.scalars(select(DialAttemptRow.number).limit(1)).one()
    old = packed()
    erase(engine, settings, number)
    new = packed()
    before, after = verify(old), verify(new)
    assert before.good
    assert after.problems == []
    assert any(number in line for line in old)
    assert not any(number in line for line in new)
    erased = sum(f'"number":"{ERASED}"' in line for line in new)
    assert after.summary["numbers_erased"] == after.erased == erased >= 1
    assert before.summary["numbers_erased"] == 0
    for name in ("share", "abandoned", "answered_by_people", "calls", "by", "kept"):
        assert after.summary[name] == before.summary[name], name
