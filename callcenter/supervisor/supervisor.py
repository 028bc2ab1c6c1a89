"""The loop: start in order, restart what dies, stop in the opposite order."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO

from callcenter.domain.errors import Conflict
from callcenter.settings import Settings
from callcenter.supervisor import pid_files
from callcenter.supervisor.child import Child
from callcenter.supervisor.readiness import wait_until_ready

log = logging.getLogger(__name__)

# Each group is started when the one before it is ready; the members of a group together.
GROUPS = (("asterisk",), ("controller", "agi", "ledger", "jobs", "dialer", "web"), ("demo",))
ORDER = tuple(name for group in GROUPS for name in group)
# What a process has to end in, after SIGTERM, before it is killed.
END_SECONDS = 6.0

Progress = Callable[[str, bool, float], None]


class Supervisor:
    """`on_started(process, ready, seconds)` is called for each process at the first start."""

    def __init__(
        self,
        settings: Settings,
        processes: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        on_started: Progress = lambda _process, _ready, _seconds: None,
    ) -> None:
        self.settings = settings
        self.children = [
            Child(settings, name, environment or {}) for name in ORDER if name in processes
        ]
        self._on_started = on_started
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self, on_all_started: Callable[[], None] = lambda: None) -> int:
        """Until SIGTERM or SIGINT. Raises Conflict when this home is up already."""
        lock = self._take_home()
        self._catch_signals()
        try:
            self._start_all()
            if not self._stopping:
                on_all_started()
            while not self._stopping:
                self._wait()
                self._look_after()
        finally:
            self._stop_all()
            lock.close()
        return 0

    def _take_home(self) -> IO[str]:
        path = self.settings.home / "run" / "supervisor.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"{self.settings.home} is running already (pid"
                f" {pid_files.alive(self.settings, 'supervisor')}); stop that one first."
            ) from None
        pid_files.write(self.settings, "supervisor")
        return file

    def _catch_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _start_all(self) -> None:
        for group in GROUPS:
            children = [child for child in self.children if child.name in group]
            began = time.monotonic()
            for child in children:
                child.start()
            for child in children:
                ready = wait_until_ready(self.settings, child.name, partial(self._pointless, child))
                if self._stopping:
                    return
                self._on_started(child.name, ready, time.monotonic() - began)
        self._write_state()

    def _pointless(self, child: Child) -> bool:
        """Waiting for `child` has no sense any more."""
        return self._stopping or not child.running

    def _wait(self) -> None:
        due = [child.due_at for child in self.children if child.due_at is not None]
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        readable, _, _ = select.select([self._wake_read], [], [], timeout)
        if readable:
            os.read(self._wake_read, 4096)

    def _look_after(self) -> None:
        for child in self.children:
            if self._stopping:
                return
            if child.notice_death():
                fields = {"child": child.name, "exit": child.last_exit, "deaths": child.deaths}
                log.warning("process_died", extra=fields)
                self._write_state()
            if child.due_at is not None and child.due_at <= time.monotonic():
                child.start()
                child.restarts += 1
                log.info("process_restarted", extra={"child": child.name})
                self._write_state()

    def _stop_all(self) -> None:
        """Asterisk last, so that the ledger and the controller see its calls end no earlier."""
        for child in reversed(self.children):
            if child.name != "asterisk":
                child.ask_to_end()
        deadline = time.monotonic() + END_SECONDS
        for child in reversed(self.children):
            if child.name == "asterisk":
                child.ask_to_end()
                deadline = time.monotonic() + END_SECONDS
            child.end(max(0.1, deadline - time.monotonic()))
        self._write_state()

    def _write_state(self) -> None:
        state = {
            child.name: {"restarts": child.restarts, "last_exit": child.last_exit}
            for child in self.children
        }
        path = self.settings.home / "run" / "supervisor.json"
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(state))
        fresh.replace(path)
