"""A real Asterisk is started, asked and stopped; its name lookups do not need DNS."""

import time
from pathlib import Path

import pytest

from callcenter.domain.errors import Unavailable
from callcenter.pbx import runtime
from callcenter.settings import Settings

pytestmark = pytest.mark.pbx


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "modules.conf").write_text("[modules]\nautoload=no\nload=res_timing_timerfd.so\n")
    return Settings(home=tmp_path / "home", node="pbx7", asterisk_conf=conf, agi_scripts=tmp_path)


def test_starts_answers_and_stops(settings: Settings) -> None:
    runtime.prepare_home(settings)
    process = runtime.start(settings)
    try:
        runtime.wait_until_up(settings, 60, process)
        shown = runtime.console(settings, "core show settings")
        assert "pbx7" in shown
        assert str(settings.home / "asterisk/log") in shown
        assert runtime.running_pid(settings) is not None
    finally:
        runtime.stop(settings, seconds=60)
    assert process.wait(60) == 0
    assert runtime.running_pid(settings) is None


def test_killing_the_sandbox_kills_asterisk(settings: Settings) -> None:
    runtime.prepare_home(settings)
    process = runtime.start(settings)
    runtime.wait_until_up(settings, 60, process)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while runtime.running_pid(settings) is not None:
        assert time.monotonic() < deadline, "Asterisk outlived its parent"
        time.sleep(0.02)


def test_asking_one_that_does_not_run_is_a_clear_error(settings: Settings) -> None:
    runtime.prepare_home(settings)
    with pytest.raises(Unavailable, match=r"asterisk\.log"):
        runtime.console(settings, "core show uptime")
