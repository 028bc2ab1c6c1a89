"""Reports that take long: worked on once, whoever asks how often, with a way to stop.

A quick report leaves no trace: it is done within the patience of its page. One that takes longer
becomes a row of `report_runs`, unique by its question while it runs; the same question joins it,
from any process. Reading happens on a connection of its own that writes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.engine import sessions
from callcenter.domain.errors import CallcenterError, Conflict, NotFound, Unavailable
from callcenter.reports import run_rows
from callcenter.reports.forgotten_runs import newest_erasure
from callcenter.reports.kept_rows import read_rows, write_rows
from callcenter.reports.work import Request, Work

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # how often a runner looks whether somebody wants it stopped
MOST_AT_ONCE = 4  # in one process; more wait for their turn


@dataclass(frozen=True)
class Found:
    """`run`: id of the kept run, or empty; `at`: when the rows were read."""

    rows: list[Any]
    at: float
    run: str = ""


@dataclass(frozen=True)
class StillRunning:
    run: str


class RunDesk:
    """Of one process. `patience_seconds`: how long a run may take without a row of its own."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        clock: Callable[[], float] = time.time,
        patience_seconds: float = 1.0,
    ) -> None:
        self._engine, self._folder, self._clock = engine, folder, clock
        self._patience_seconds = patience_seconds
        self._sessions: sessionmaker[Session] = sessions(engine)
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}
        self._threads: list[threading.Thread] = []
        self._slots = threading.Semaphore(MOST_AT_ONCE)

    def rows(self, request: Request, run: str = "") -> Found | StillRunning:
        """Rows, or the run to wait for. `run`: one that this page waited for before.

        Raises what the report raises; Conflict when somebody cancelled it.
        """
        kept = self._kept(request, run) if run else None
        if kept is not None:
            return kept
        with self._sessions() as session:
            other = run_rows.active(session, request.key, self._clock())
        work = self._works.get(request.key)
        if other is not None and (work is None or work.id != other):
            return StillRunning(other)
        work = self._joined_or_begun(request)
        if not work.done.wait(self._patience_seconds) and (kept_as := self._keep(work)):
            return StillRunning(kept_as)
        return self._settled(work)

    def finish(self, request: Request, give_up_seconds: float) -> Found:
        """Waits for the rows, joining a run of another process. Raises Unavailable, or as above."""
        until = time.monotonic() + give_up_seconds
        answer = self.rows(request)
        while isinstance(answer, StillRunning):
            if time.monotonic() > until:
                raise Unavailable("the report takes too long; ask for a shorter period")
            time.sleep(LOOK_SECONDS)
            answer = self.rows(request, answer.run)
        return answer

    def cancel(self, run: str, by: str) -> None:
        """Wherever it runs. Raises NotFound, or Conflict when it is over."""
        with self._sessions.begin() as session:
            run_rows.ask_to_stop(session, run, by)
        work = next((each for each in self._works.values() if each.id == run), None)
        if work is not None:
            work.cancel()

    def close(self) -> None:
        """Stops what runs and waits for it: after this the database may go."""
        with self._lock:
            works, threads = list(self._works.values()), self._threads
        while any(thread.is_alive() for thread in threads):
            for work in works:
                work.cancel()
            threads[-1].join(LOOK_SECONDS)
            threads = [thread for thread in threads if thread.is_alive()]

    def _begin(self, target: Callable[[Work], None], work: Work) -> None:
        """`target` in a thread of its own. The lock is held."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=target, args=(work,), daemon=True))
        self._threads[-1].start()

    def _joined_or_begun(self, request: Request) -> Work:
        with self._lock:
            work = self._works.get(request.key)
            if work is None:
                work = self._works[request.key] = Work(request, self._clock())
                self._begin(self._work, work)
            return work

    def _work(self, work: Work) -> None:
        try:
            with self._slots:
                work.read(self._engine)
        except Exception as error:  # told to whoever asked
            work.error = error
        finally:
            with self._lock:
                self._works.pop(work.request.key, None)
            try:
                self._close(work)
            except Exception:  # the database is away: the run ends by giving no sign of life
                log.exception("report_run_not_closed", extra={"run": work.id})
            finally:
                work.done.set()

    def _close(self, work: Work) -> None:
        """The rows and how it ended, for those who wait for a kept run."""
        with work.lock:
            work.is_over = True
            if not work.is_kept:
                return
        state, error = "done", ""
        if work.cancelled:
            state = "cancelled"
        elif work.error is not None:
            state, error = "failed", _told(work.error)
        else:
            write_rows(self._file(work.id), work.rows)
        with self._sessions.begin() as session:
            run_rows.close(session, work.id, state, self._clock(), len(work.rows), error)
            if newest_erasure(session) != work.erasure:  # who was erased meanwhile may be in it
                self._file(work.id).unlink(missing_ok=True)

    def _keep(self, work: Work) -> str:
        """A row for a run that outlasted its page's patience; its id, or that of another process's
        run of the same question, which then is the only one. Empty: it was over just then."""
        with work.lock:
            if work.is_over and not work.is_kept:
                return ""
            while not (work.joined or work.is_kept):
                self._open_or_join(work)
        if work.joined:
            work.cancel()
        return work.joined or work.id

    def _open_or_join(self, work: Work) -> None:
        """Neither, when the other run ended in between."""
        request = work.request
        if run_rows.open_run(
            self._sessions, work.id, request.key, request.report.name, request.kept,
            request.asked_by, request.days, work.at, self._clock(),
        ):  # fmt: skip
            work.is_kept = True
            with self._lock:
                self._begin(self._watch, work)
            return
        with self._sessions() as session:
            work.joined = run_rows.active(session, request.key, self._clock()) or ""

    def _watch(self, work: Work) -> None:
        """Says that it lives, and stops it when somebody asks for that in another process."""
        while not work.done.wait(LOOK_SECONDS):
            try:
                with self._sessions.begin() as session:
                    wanted = run_rows.still_wanted(session, work.id, self._clock())
            except Exception:  # the database is away for a moment: look again
                log.exception("report_run_not_seen", extra={"run": work.id})
                continue
            if not wanted:
                work.cancel()  # again and again: it may be between two statements

    def _settled(self, work: Work) -> Found | StillRunning:
        if work.joined:
            return StillRunning(work.joined)
        if work.cancelled:
            raise Conflict("the report was cancelled; ask for it again")
        if work.error is not None:
            raise work.error
        return Found(work.rows, work.at, work.id if work.is_kept else "")

    def _kept(self, request: Request, run: str) -> Found | StillRunning | None:
        """What a kept run found, if it answers this very question; None: ask anew."""
        with self._sessions() as session:
            row = run_rows.find(session, run, self._clock())
        if row is None or row.key != request.key:
            return None
        if row.state == "running":
            return StillRunning(run)
        if row.state == "cancelled":
            raise Conflict(f"{row.cancelled_by} cancelled this report; ask for it again")
        if row.state == "failed":
            raise Unavailable(f"the report did not come to its end: {row.error}")
        try:
            return Found(read_rows(self._file(run)), row.started_at, run)
        except FileNotFoundError:
            return None

    def _file(self, run: str) -> Path:
        return self._folder / f"{run}.json.gz"


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, CallcenterError) else type(error).__name__


def clear_away(
    factory: sessionmaker[Session], folder: Path, now: float, kept_seconds: float
) -> int:
    """Rows and files of runs that ended longer ago; how many."""
    with factory.begin() as session:
        gone = run_rows.forget(session, now - kept_seconds)
    for run in gone:
        (folder / f"{run}.json.gz").unlink(missing_ok=True)
    for path in folder.glob("*.json*") if folder.is_dir() else ():
        if path.stat().st_mtime < now - kept_seconds:
            path.unlink(missing_ok=True)  # its row was lost
    return len(gone)


__all__ = [
    "Found", "NotFound", "Request", "RunDesk", "StillRunning", "clear_away",
]  # fmt: skip
