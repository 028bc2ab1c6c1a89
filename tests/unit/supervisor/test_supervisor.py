"""The real `callcenter up` with one real process, killed in each way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callcenter import settings as settings_module
from callcenter import settings_file
from callcenter.settings import CHECKOUT, Settings
from callcenter.supervisor import pid_files

SECONDS = 60  # a deadline, not an expectation


def eventually(look: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings_file.create(tmp_path)
    return settings_module.load(tmp_path)


def start(settings: Settings) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "callcenter.cli", "--home", str(settings.home), "up"]
    return subprocess.Popen(
        [*argv, "--only", "jobs"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def up(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    process = start(settings)
    try:
        assert eventually(lambda: pid_files.alive(settings, "jobs") is not None)
        yield process
    finally:
        process.kill()
        process.communicate()


def jobs_pid(settings: Settings) -> int:
    pid = pid_files.alive(settings, "jobs")
    assert pid is not None
    return pid


def test_killed_process_comes_back(settings: Settings, up: subprocess.Popen[str]) -> None:
    before = jobs_pid(settings)
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: pid_files.alive(settings, "jobs") not in (None, before))
    assert up.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_all_and_ends_well(
    settings: Settings, up: subprocess.Popen[str], number: signal.Signals
) -> None:
    child = jobs_pid(settings)
    up.send_signal(number)
    assert up.wait(SECONDS) == 0
    assert gone(child)


def test_even_kill_9_of_the_supervisor_leaves_nothing(
    settings: Settings, up: subprocess.Popen[str]
) -> None:
    child = jobs_pid(settings)
    up.kill()
    assert eventually(lambda: gone(child))


def test_second_one_in_the_same_home_is_refused(
    settings: Settings, up: subprocess.Popen[str]
) -> None:
    second = start(settings)
    _, said = second.communicate(timeout=SECONDS)
    assert second.returncode == 1
    assert f"running already (pid {up.pid})" in said


def test_pid_file_of_another_life_is_not_believed(settings: Settings) -> None:
    pid_files.write(settings, "jobs")
    assert pid_files.alive(settings, "jobs") == os.getpid()
    file = settings.home / "run" / "jobs.pid"
    file.write_text(f"{os.getpid()} 1\n")  # the same pid, started at another instant
    assert pid_files.alive(settings, "jobs") is None
