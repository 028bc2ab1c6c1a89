"""The phones' own Python, where PyPI has no pjsua2 for the one that runs the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.phones import interpreter


def test_ours_is_taken_where_it_can_import_pjsua2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "find_spec", lambda name: object())
    assert interpreter.python() == sys.executable


def test_a_half_made_one_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(interpreter, "find_spec", lambda name: None)
    monkeypatch.setenv("CALLCENTER_CACHE", str(tmp_path))
    made = tmp_path / "phones-python-3.11"
    made.mkdir()
    with pytest.raises(RuntimeError, match="run test makes it"):
        interpreter.python()
    (made / "ok").touch()
    assert interpreter.python() == str(made / "usr/bin/python3.11")


def test_pjsua2_is_taken_by_the_hashes_of_the_lock_file() -> None:
    lines = interpreter._locked("pjsua2-python").splitlines()
    assert lines[0].startswith("pjsua2-python==")
    assert ";" not in lines[0], "its marker speaks of the Python that runs the tests"
    assert "--hash=sha256:" in lines[1]
    assert not [line for line in lines[1:] if line[:1].isalpha()], "no other package"
