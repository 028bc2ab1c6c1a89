"""Runs of the what-if page: each a folder and a process of its own, one at a time, gently.

HOME/what-if/KEY/ holds `run.json` (what is asked, and what was learned), `progress.json` (state,
shifts done, rows so far), `lock` (held by the worker as long as it lives) and, when somebody has
had enough, `cancel`. KEY is the digest of run.json, so the same question is the same run and
nothing runs twice. HOME/what-if/one-at-a-time is locked by the one that computes; others wait.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callcenter.domain.errors import CallcenterError, Conflict, NotFound, Unavailable
from callcenter.simulation.what_if import Question, question_from, run

State = Literal["waiting", "running", "done", "cancelled", "failed", "stopped"]
OVER: tuple[State, ...] = ("done", "cancelled", "failed", "stopped")
FOLDER = "what-if"
CPU_SECONDS = 1800
KEPT_RUNS = 40
MOST_AT_ONCE = 10  # the one that computes, and those that wait: each is a process of 70 MB
WAIT_SECONDS = 0.5
GENTLY = 19  # nice: calls and pages come first


@dataclass(frozen=True)
class Progress:
    state: State
    done: int = 0
    total: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True)
class Run:
    """One run's folder."""

    folder: Path

    @property
    def key(self) -> str:
        return self.folder.name

    def asked(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return found

    def progress(self) -> Progress:
        """A worker that died without a word is `stopped`."""
        try:
            text = (self.folder / "progress.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return Progress("waiting" if self._worker_lives() else "stopped")
        found = Progress(**json.loads(text))
        if found.over or self._worker_lives():
            return found
        again = Progress(**json.loads((self.folder / "progress.json").read_text(encoding="utf-8")))
        return again if again.over else Progress("stopped", again.done, again.total, again.rows)

    def cancel(self) -> None:
        (self.folder / "cancel").touch()

    def _worker_lives(self) -> bool:
        try:
            with _locked(self.folder / "lock", wait=False):
                return False
        except BlockingIOError:
            return True

    def _write(self, progress: Progress) -> None:
        _write_json(self.folder / "progress.json", vars(progress))


def find_run(home: Path, key: str) -> Run:
    """Raises NotFound."""
    folder = home / FOLDER / key
    if not key.isalnum() or not (folder / "run.json").is_file():
        raise NotFound("that run is not kept any more; ask again")
    return Run(folder)


def start_run(home: Path, question: Question, learned: Mapping[str, Any]) -> Run:
    """The run of this question: the one there is, or a new worker process. Raises Conflict when
    too many wait already, Unavailable when it cannot be written down."""
    asked = {"question": question.as_document(), "learned": dict(learned)}
    text = json.dumps(asked, sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    run_ = Run(home / FOLDER / key)
    try:
        (home / FOLDER).mkdir(parents=True, exist_ok=True)
        with _locked(home / FOLDER / "starting"):  # two clicks at once
            _start_once(home, run_, asked)
        _forget_old(home)
    except OSError as error:
        raise Unavailable(f"the run cannot be started: {error}; look at the disk") from error
    return run_


def _start_once(home: Path, run_: Run, asked: Mapping[str, Any]) -> None:
    if (run_.folder / "run.json").exists():
        present = run_.progress()
        if not present.over or present.state == "done":
            return
    _refuse_too_many(home)
    run_.folder.mkdir(exist_ok=True)
    (run_.folder / "cancel").unlink(missing_ok=True)
    _write_json(run_.folder / "run.json", asked)
    run_._write(Progress("waiting"))
    _start_worker(home, run_)


def going(home: Path) -> int:
    """How many runs compute or wait."""
    folders = [each for each in (home / FOLDER).iterdir() if (each / "run.json").is_file()]
    return sum(Run(each)._worker_lives() for each in folders)


def _refuse_too_many(home: Path) -> None:
    count = going(home)
    if count >= MOST_AT_ONCE:
        raise Conflict(f"{count} runs are going or waiting; press Run again when one has ended")


def _start_worker(home: Path, run_: Run) -> None:
    command = [sys.executable, "-m", "callcenter.cli", "--home", str(home), "simulate",
               "--what-if", run_.key]  # fmt: skip
    # The lock is taken here and inherited, so that there is no moment without a holder.
    with (run_.folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        worker = subprocess.Popen(  # noqa: S603 - argv is ours
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=(lock.fileno(),), start_new_session=True,
        )  # fmt: skip
    _WORKERS.append(worker)
    _WORKERS[:] = [each for each in _WORKERS if each.poll() is None]  # none stays a zombie


_WORKERS: list[subprocess.Popen[bytes]] = []


def work(home: Path, key: str) -> int:
    """The worker process: waits for its turn, computes, writes progress. 0 when it came through."""
    os.nice(GENTLY)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    run_ = find_run(home, key)
    asked = run_.asked()
    try:
        if not _turn_comes(home, run_):
            run_._write(Progress("cancelled"))
            return 0
        return _compute(run_, question_from(asked["question"]), asked["learned"])
    except CallcenterError as error:
        run_._write(Progress("failed", error=str(error)))
        return 1


def _end_with(parent: int) -> None:
    """A web process that stops leaves no worker behind."""
    while os.getppid() == parent:
        time.sleep(WAIT_SECONDS)
    os._exit(1)


def _turn_comes(home: Path, run_: Run) -> bool:
    """Takes the lock that only one may hold, and keeps it until the process ends."""
    lock = os.open(home / FOLDER / "one-at-a-time", os.O_CREAT | os.O_RDWR, 0o640)
    while True:
        if (run_.folder / "cancel").exists():
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(WAIT_SECONDS)
        else:
            return True


def _compute(run_: Run, question: Question, learned: Mapping[str, Any]) -> int:
    last = Progress("running")
    run_._write(last)
    for done, total, rows in run(question, learned):
        last = Progress("running", done, total, rows)
        if (run_.folder / "cancel").exists():
            run_._write(Progress("cancelled", done, total, rows))
            return 0
        run_._write(last)
    run_._write(Progress("done", last.done, last.total, last.rows))
    return 0


def _forget_old(home: Path) -> None:
    found = sorted(
        (each for each in (home / FOLDER).iterdir() if each.is_dir()),
        key=lambda folder: folder.stat().st_mtime,
        reverse=True,
    )
    for folder in found[KEPT_RUNS:]:
        if Run(folder).progress().over:
            shutil.rmtree(folder, ignore_errors=True)


def _write_json(path: Path, value: object) -> None:
    """Whole or not at all: pages read while it is written."""
    partly = path.with_suffix(f".{os.getpid()}")
    try:
        partly.write_text(json.dumps(value), encoding="utf-8")
        partly.replace(path)
    finally:
        partly.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
