"""What a running Asterisk is told about changed files, and how its answers are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcenter.pbx import runtime
from callcenter.pbx.confgen.reload import reload
from callcenter.settings import Settings

RELOAD, LOAD = "module reload app_agent_pool.so", "module load app_agent_pool.so"
WITH = "module load app_softhangup.so"


class Asterisk:
    """Its console: answers by command, and what was asked."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.asked = answers, list[str]()

    def __call__(self, _settings: Settings, line: str) -> str:
        self.asked.append(line)
        return self.answers[line]


def told(monkeypatch: pytest.MonkeyPatch, home: Path, answers: dict[str, str]) -> tuple[str, ...]:
    asterisk = Asterisk(answers)
    monkeypatch.setattr(runtime, "console", asterisk)
    found = reload(Settings(home=home), ["agents.conf"], {"agents.conf": ""})
    return (*asterisk.asked, *map(str, found))


@pytest.mark.parametrize(
    "refusal",
    [
        "No such module 'app_agent_pool.so'",
        "The module 'app_agent_pool.so' was not properly initialized. Before reloading the module, "
        'you must run "module load app_agent_pool.so"',
    ],
)
def test_a_module_that_came_with_an_update_is_loaded_into_an_asterisk_of_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, refusal: str
) -> None:
    answers = {RELOAD: refusal, WITH: "Unable to load module", LOAD: "Loaded app_agent_pool.so"}
    assert told(monkeypatch, tmp_path, answers) == (RELOAD, WITH, LOAD)


def test_one_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failed = "Unable to load module app_agent_pool.so\nCommand failed."
    answers = {RELOAD: "No such module 'app_agent_pool.so'", WITH: "Loaded", LOAD: failed}
    *_, problem = told(monkeypatch, tmp_path, answers)
    assert problem.startswith(f"Asterisk answered {LOAD!r} with: Unable to load")


def test_what_is_there_is_reloaded_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = {RELOAD: "Module 'app_agent_pool.so' reloaded successfully."}
    assert told(monkeypatch, tmp_path, answers) == (RELOAD,)
