"""Is it still there? Asked of a real process, named as Asterisk is."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from callcenter.pbx import runtime
from callcenter.pbx.runtime import process
from callcenter.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "asterisk/run").mkdir(parents=True)
    return Settings(home=tmp_path)


def test_one_that_ended_and_is_not_yet_reaped_is_gone(settings: Settings) -> None:
    """Started without bubblewrap it is our own child: stop() must not wait for us to reap it."""
    binary = settings.home / "asterisk/asterisk"
    shutil.copy("/bin/sleep", binary)
    with subprocess.Popen([binary, "60"]) as child:
        (settings.home / "asterisk/run/asterisk.pid").write_text(f"{child.pid}\n")
        deadline = time.monotonic() + 60
        while process.running_pid(settings) is None and time.monotonic() < deadline:
            pass
        assert process.running_pid(settings) == child.pid
        began = time.monotonic()
        runtime.stop(settings, seconds=60)
        assert time.monotonic() - began < 60
        assert process.running_pid(settings) is None
