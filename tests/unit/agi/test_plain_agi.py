"""The same file, started by Asterisk's AGI() on standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from callcenter.settings import CHECKOUT, Settings
from tests.unit.agi.asterisk_side import header


def run_plain(settings: Settings, script: str, said: bytes) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"CALLCENTER_HOME": str(settings.home), "PYTHONPATH": str(CHECKOUT)}
    path = CHECKOUT / "agi-scripts" / script
    assert os.access(path, os.X_OK)
    return subprocess.run(
        [sys.executable, str(path)],
        input=header(script) + said,
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )


def test_a_script_runs_as_plain_agi(settings: Settings) -> None:
    done = run_plain(settings, "recognise_caller.py", b"200 result=1\n" * 6)
    assert done.stdout.splitlines()[0] == b'SET VARIABLE "CALLERID(name)" "Ada Lovelace"'
    assert len(done.stdout.splitlines()) == 6
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("said", [b"", b"HANGUP\n"])
def test_a_hang_up_is_an_ordinary_end(settings: Settings, said: bytes) -> None:
    done = run_plain(settings, "order_status.py", said)
    assert (done.stdout, done.returncode, done.stderr) == (b"ANSWER\n", 0, b"")
