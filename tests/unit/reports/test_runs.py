"""Long reports: one question is worked on once, can be stopped, and is kept; on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base, CustomerRow
from callcenter.db.models.reports import ReportRunRow
from callcenter.domain.counts import Counts
from callcenter.domain.errors import Conflict, Unavailable
from callcenter.domain.sight import Sight
from callcenter.reports import run_rows
from callcenter.reports.asked import Asked
from callcenter.reports.queue import QueueRow
from callcenter.reports.runs import Found, Request, RunDesk, StillRunning, clear_away
from callcenter.reports.table import REPORTS, Report
from callcenter.reports.work import Work

UTC = ZoneInfo("UTC")
ASKED = Asked(0.0, 864_000.0, UTC, 864_000.0, sight=Sight(frozenset({"1001", "1002"})))
ROWS = [QueueRow("support", Counts(answered=3, talk_seconds=12.345678))]
FOR_EVER = {
    "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) "
    "FROM c",
    "postgresql": "SELECT pg_sleep(600)",
}  # fmt: skip


@dataclass(frozen=True)
class Slow(Report):
    """Waits to be let go, or is a statement that does not end by itself."""

    gate: threading.Event | None = None
    begun: threading.Event | None = None
    readers: list[int] | None = None

    def run(self, session: Session, asked: Asked) -> list[Any]:
        if self.readers is not None:
            self.readers.append(1)
        if self.begun is not None:
            self.begun.set()
        if self.gate is None:
            session.execute(text(FOR_EVER[session.get_bind().dialect.name]))
        else:
            session.execute(text("SELECT 1"))
            assert self.gate.wait(60)
        return ROWS


def slow(gate: threading.Event | None, **more: Any) -> Slow:
    like = REPORTS["queue"]
    return Slow(like.name, like.title, like.text, like.module, like.labels, like.metrics,
                gate=gate, **more)  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    Base.metadata.create_all(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def make_desk(engine: Engine, tmp_path: Path) -> Iterator[Callable[[], RunDesk]]:
    made: list[RunDesk] = []

    def make() -> RunDesk:
        made.append(RunDesk(engine, tmp_path / "runs", patience_seconds=0.0))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def request(report: Report, asked: Asked = ASKED, by: str = "sue") -> Request:
    return Request(report, asked, by, {"period": "last-year"})


def ended(desk: RunDesk, asked: Request, run: str) -> Found:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = desk.rows(asked, run)
        if isinstance(found, Found):
            return found
        time.sleep(0.02)
    raise AssertionError("it does not end")


def state(engine: Engine, run: str) -> str:
    with sessions(engine)() as session:
        return session.get_one(ReportRunRow, run).state


def test_two_people_in_two_processes_wait_for_one_run(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    gate, readers = threading.Event(), list[int]()
    asked = request(slow(gate, readers=readers))
    web, other = make_desk(), make_desk()
    first = web.rows(asked)
    assert isinstance(first, StillRunning)
    later = replace(asked, asked=replace(ASKED, now=ASKED.now + 9), asked_by="ann")
    assert web.rows(later) == first
    assert other.rows(later) == first
    gate.set()
    found = ended(other, later, first.run)
    assert [(row.queue, row.counts) for row in found.rows] == [("support", ROWS[0].counts)]
    assert ended(web, asked, first.run).run == first.run
    assert len(readers) == 1
    assert state(engine, first.run) == "done"


def test_both_at_the_very_same_moment_still_one_answer(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    gate = threading.Event()
    asked = request(slow(gate))
    desks = [make_desk() for _ in range(4)]
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda d=d: answers.append(d.rows(asked))) for d in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.run for each in answers}) == 1
    gate.set()
    assert ended(desks[0], asked, answers[0].run).rows


def test_cancel_stops_the_statement_from_any_process(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    begun = threading.Event()
    asked = request(slow(None, begun=begun))
    runner, other = make_desk(), make_desk()
    run = runner.rows(asked)
    assert isinstance(run, StillRunning)
    assert begun.wait(60)
    with sessions(engine).begin() as session:  # whoever writes does not wait for who reads
        session.add(CustomerRow(number="1", name="A"))
    other.cancel(run.run, "ann")
    until = time.monotonic() + 60
    while state(engine, run.run) == "running":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert state(engine, run.run) == "cancelled"
    with pytest.raises(Conflict, match="ann cancelled"):
        other.rows(asked, run.run)
    with pytest.raises(Conflict, match="over already"):
        other.cancel(run.run, "ann")
    assert engine.pool.checkedout() == 0 or eventually_free(engine)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class TwoStatements(Slow):
    """The gate opens between them."""

    def run(self, session: Session, asked: Asked) -> list[Any]:
        super().run(session, asked)
        session.execute(text(FOR_EVER[session.get_bind().dialect.name]))
        return ROWS


def test_cancelled_between_two_statements_the_second_ends_too(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    gate, begun = threading.Event(), threading.Event()
    asked = request(TwoStatements(**vars(slow(gate, begun=begun))))
    runner, other = make_desk(), make_desk()
    run = runner.rows(asked)
    assert isinstance(run, StillRunning)
    assert begun.wait(60)
    work = runner._works[asked.key]
    other.cancel(run.run, "ann")
    until = time.monotonic() + 60
    while not work.cancelled:
        assert time.monotonic() < until
        time.sleep(0.02)
    gate.set()
    assert work.done.wait(60)
    assert state(engine, run.run) == "cancelled"


def test_a_run_that_is_over_just_then_gets_no_row_that_nobody_would_close(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    desk, work = make_desk(), Work(request(REPORTS["queue"]), 0.0)
    desk._close(work)
    assert desk._keep(work) == ""
    with sessions(engine)() as session:
        assert run_rows.newest(session, None, 10) == []


def eventually_free(engine: Engine) -> bool:
    until = time.monotonic() + 30
    while engine.pool.checkedout():  # type: ignore[attr-defined]
        assert time.monotonic() < until
        time.sleep(0.02)
    return True


def test_a_run_is_kept_for_its_question_and_for_no_other(
    engine: Engine, make_desk: Callable[[], RunDesk], tmp_path: Path
) -> None:
    gate = threading.Event()
    asked = request(slow(gate))
    desk = make_desk()
    run = desk.rows(asked)
    assert isinstance(run, StillRunning)
    gate.set()
    ended(desk, asked, run.run)
    # Another team's supervisor has another question, whatever the address says.
    other = replace(asked, asked=replace(ASKED, sight=Sight(frozenset({"1003"}))))
    assert desk.rows(other, run.run) != run
    (file,) = (tmp_path / "runs").glob(f"{run.run}.json.gz")
    assert file.stat().st_mode & 0o077 == 0
    later = time.time() + 90_000
    assert clear_away(sessions(engine), tmp_path / "runs", later, 86_400.0) >= 1
    assert not file.exists()


def test_a_process_that_died_lets_its_question_go(
    engine: Engine, make_desk: Callable[[], RunDesk]
) -> None:
    gate = threading.Event()
    asked = request(slow(gate))
    factory = sessions(engine)
    now = time.time()
    assert run_rows.open_run(factory, "d" * 32, asked.key, "queue", {}, "sue", 10.0, now, now)
    assert make_desk().rows(asked) == StillRunning("d" * 32)
    with factory.begin() as session:
        session.execute(update(ReportRunRow).values(seen_at=now - run_rows.DEAD_SECONDS - 1))
    with pytest.raises(Unavailable, match="its process ended"):
        make_desk().rows(asked, "d" * 32)
    desk = make_desk()
    run = desk.rows(asked)
    assert isinstance(run, StillRunning)
    assert run.run != "d" * 32
    gate.set()
    ended(desk, asked, run.run)


def test_what_is_quick_leaves_no_trace(engine: Engine, tmp_path: Path) -> None:
    desk = RunDesk(engine, tmp_path / "runs", patience_seconds=60.0)
    found = desk.rows(request(REPORTS["queue"]))
    desk.close()
    assert isinstance(found, Found)
    assert (found.rows, found.run) == ([], "")
    with sessions(engine)() as session:
        assert run_rows.newest(session, None, 10) == []


def test_an_estimate_goes_by_earlier_runs(engine: Engine) -> None:
    factory = sessions(engine)
    for number, (days, seconds) in enumerate(((10, 5), (100, 50))):
        run_rows.open_run(factory, f"{number}", f"{number}", "queue", {}, "sue", days, 0.0, 0.0)
        with factory.begin() as session:
            run_rows.close(session, f"{number}", "done", seconds, 1, "")
    run_rows.open_run(factory, "now", "now", "queue", {}, "sue", 365.0, 100.0, 100.0)
    with factory() as session:
        row = session.get_one(ReportRunRow, "now")
        assert run_rows.expected_seconds(session, row) == pytest.approx(182.5)
