"""What if: a run is one process, once, can be stopped, and shows its curves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from callcenter.db.engine import sessions
from callcenter.domain.errors import Conflict, Unavailable
from callcenter.simulation import what_if_runs
from callcenter.simulation.b1 import b1
from callcenter.simulation.what_if import Question
from callcenter.simulation.what_if_runs import Progress, Run, find_run, start_run
from tests.unit.simulation.dialed_day import MORNING, campaign_row, write_day
from tests.web.test_access import PAGE, sign_in, token_of
from web.services import EXTENSION, Services

SHORT = b1(4) | {"shift_seconds": 900}
# Fifty shifts of less than a second: long enough, and soon cancelled, as is looked at after each.
LONG = b1(40) | {"shift_seconds": 1200}
SECONDS = 300.0  # a deadline, not an expectation


@pytest.fixture(autouse=True)
def workers_end() -> Iterator[None]:
    """Who has said its last word still has to leave."""
    yield
    for worker in what_if_runs._WORKERS:
        worker.wait(SECONDS)


def wait(run: Run) -> Progress:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        seen = run.progress()
        if seen.over:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"not over after {SECONDS} s: {seen}")


def question(**changed: object) -> Question:
    values = {"campaign": "", "agents": 4, "abandon_limit": 0.03, "patience_seconds": 2.0,
              "policies": ("progressive", "ratio:2"), "shifts": 2}  # fmt: skip
    return Question(**(values | changed))  # type: ignore[arg-type]


def test_the_same_question_is_the_same_run_and_its_figures_stay(tmp_path: Path) -> None:
    runs = [start_run(tmp_path, question(), SHORT) for _ in range(2)]
    assert runs[0].key == runs[1].key
    done = wait(runs[0])
    assert (done.state, done.done, done.total) == ("done", 20, 20)
    assert {(row["policy"], row["agents"]) for row in done.rows} == {
        (name, agents) for name in ("progressive", "ratio:2") for agents in (2, 3, 4, 6, 8)
    }
    assert all(row["shifts"] == 2 and 0.2 < row["utilisation"] < 1 for row in done.rows)
    began = (runs[0].folder / "progress.json").stat().st_mtime_ns
    assert start_run(tmp_path, question(), SHORT).progress() == done
    assert (runs[0].folder / "progress.json").stat().st_mtime_ns == began, "it ran a second time"


def test_a_second_run_waits_and_either_can_be_stopped(tmp_path: Path) -> None:
    first = start_run(tmp_path, question(policies=("predictive",), agents=40, shifts=10), LONG)
    until = time.monotonic() + SECONDS
    while first.progress().state != "running" and time.monotonic() < until:
        time.sleep(0.05)
    second = start_run(tmp_path, question(policies=("progressive",)), SHORT)
    assert second.progress().state == "waiting"
    second.cancel()
    assert wait(second).state == "cancelled"
    assert first.progress().state == "running"
    first.cancel()
    assert wait(first).state == "cancelled"


def test_a_worker_that_died_is_said_and_may_be_asked_again(tmp_path: Path) -> None:
    folder = tmp_path / "what-if" / "abc"
    folder.mkdir(parents=True)
    run = Run(folder)
    run._write(Progress("running", 3, 20))
    (folder / "lock").touch()
    assert run.progress().state == "stopped"


@pytest.fixture
def dialed(app: Flask) -> Flask:
    """A campaign that dialed yesterday."""
    services: Services = app.extensions[EXTENSION]
    with sessions(services.engine).begin() as session:
        session.add(campaign_row())
        yesterday = time.time() // 86400 * 86400 - 86400 + 9 * 3600
        write_day(session, dials=800, seconds=3600, agents=6, began=max(yesterday, MORNING))
    return app


def test_without_a_campaign_the_page_teaches_with_b1(app: Flask) -> None:
    client = app.test_client()
    assert sign_in(client, "sue") == 302
    page = client.get("/what-if", headers=PAGE).text
    assert "benchmark B1" in page
    assert 'name="agents"' in page


def test_a_campaign_runs_with_its_own_figures_beside_how_it_was(dialed: Flask) -> None:
    client = dialed.test_client()
    assert sign_in(client, "sue") == 302
    page = client.get("/what-if", headers=PAGE).text
    assert "800 calls, 7 days" in page
    form = {"campaign": "spring", "agents": "6", "limit": "3", "patience": "2", "shifts": "1",
            "policy": ["progressive", "ratio:2"], "csrf_token": token_of(client)}  # fmt: skip
    answer = client.post("/what-if", data=form)
    assert answer.status_code == 302
    key = answer.headers["Location"].rsplit("/", 1)[1]
    services: Services = dialed.extensions[EXTENSION]
    assert wait(find_run(services.settings.home, key)).state == "done"
    page = client.get(f"/what-if/{key}", headers=PAGE).text
    assert page.count("<polyline") >= 4
    assert "as it was" in page
    assert "data-more" not in page
    for wrong in ({"agents": "0"}, {"limit": "x"}, {"policy": []}, {"shifts": "nan"}):
        refused = client.post("/what-if", data=form | wrong | {"patience": "4.5"}, headers=PAGE)
        assert refused.status_code == 400
        assert 'name="patience" min="0" max="60" step="0.5" value="4.5"' in refused.text
        assert 'class="refusal"' in refused.text
    assert client.get("/what-if/nope", headers=PAGE).status_code == 404


def test_a_run_that_was_never_begun_may_be_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full in between: that is said, and nothing waits for ever."""
    real = Run._write

    def full(_run: Run, _progress: Progress) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Run, "_write", full)
    with pytest.raises(Unavailable, match="No space left"):
        start_run(tmp_path, question(), SHORT)
    monkeypatch.setattr(Run, "_write", real)
    [left] = [each for each in (tmp_path / "what-if").iterdir() if each.is_dir()]
    assert Run(left).progress().state == "stopped"
    assert wait(start_run(tmp_path, question(), SHORT)).state == "done"


def test_questions_without_end_start_no_processes_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if_runs, "MOST_AT_ONCE", 3)
    runs = [
        start_run(tmp_path, question(policies=("predictive",), agents=40 + n, shifts=10), LONG)
        for n in range(3)
    ]
    try:
        with pytest.raises(Conflict, match="are going or waiting"):
            start_run(tmp_path, question(agents=7), SHORT)
        asked = question(policies=("predictive",), agents=40, shifts=10)
        assert start_run(tmp_path, asked, LONG).key == runs[0].key, "the same one is no other"
    finally:
        for run in runs:
            run.cancel()
    assert {wait(run).state for run in runs} == {"cancelled"}
