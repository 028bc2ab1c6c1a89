"""What watches over stray processes (tests/leftovers.py) sees one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests import leftovers
from tests.stack import eventually


def test_a_process_that_outlives_the_tests_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "SECONDS_TO_END", 0.0)
    monkeypatch.setenv(leftovers.MARK, "")  # put back what the block takes away
    strays: list[subprocess.Popen[bytes]] = []
    try:
        with (
            pytest.raises(AssertionError, match=r"still running.*sleep 60"),
            leftovers.none_allowed(tmp_path),
        ):
            strays.append(one_that_stays())
    finally:
        for stray in strays:
            stray.kill()
            stray.wait()


def one_that_stays() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    eventually(lambda: leftovers.running(os.environ[leftovers.MARK]))
    return process


def test_a_process_that_ended_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(leftovers.MARK, "")
    with leftovers.none_allowed(tmp_path):
        subprocess.run(["sleep", "0"], check=True)
