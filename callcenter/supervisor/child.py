"""One process under the supervisor: start it, notice its death, say when to start it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from callcenter.pbx import runtime
from callcenter.settings import CHECKOUT, Settings
from callcenter.supervisor import backoff


class Child:
    """`name` is a process of `callcenter run`. All instants are time.monotonic()."""

    def __init__(self, settings: Settings, name: str, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.name = name
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.restarts = 0
        self.last_exit: int | None = None
        self.due_at: float | None = None
        self._started_at = 0.0

    @property
    def log_file(self) -> Path:
        return self.settings.logs / f"{self.name}.log"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Must be called in the main thread: a child dies with the thread that started it."""
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - argv is ours
                self._argv(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.settings.home,
                env={**os.environ, **self.environment, "PYTHONPATH": str(CHECKOUT)},
                start_new_session=True,  # Ctrl-C is ours alone; we stop the children in order
            )
        self._started_at = time.monotonic()
        self.due_at = None

    def notice_death(self) -> bool:
        """True once for each death; then `due_at` says when to start it again."""
        if self.process is None or self.process.poll() is None:
            return False
        self.last_exit = self.process.returncode
        self.process = None
        now = time.monotonic()
        self.deaths = backoff.deaths_in_a_row(self.deaths, now - self._started_at)
        self.due_at = now + backoff.wait_seconds(self.deaths)
        return True

    def ask_to_end(self) -> None:
        """SIGTERM. Asterisk gets it itself: its sandbox would otherwise be killed around it."""
        self.due_at = None
        if self.process is None:
            return
        asterisk = runtime.running_pid(self.settings) if self.name == "asterisk" else None
        _send(asterisk or self.process.pid, signal.SIGTERM)

    def end(self, seconds: float) -> None:
        """Wait for the end `ask_to_end` asked for; after `seconds` kill the whole session."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def _argv(self) -> list[str]:
        # Should even we be killed with -9, the kernel ends every child.
        guard = ["setpriv", "--pdeathsig", "KILL"]
        home = str(self.settings.home)
        return [*guard, sys.executable, "-m", "callcenter.cli", "--home", home, "run", self.name]


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
