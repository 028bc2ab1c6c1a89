"""The lock files hold what pyproject.toml asks for; docs/operations.md has the commands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
WANTED = {
    "requirements.lock": RUNTIME,
    "requirements-test.lock": RUNTIME + PROJECT["optional-dependencies"]["test"],
}


def pinned(lock: str) -> dict[str, set[str]]:
    """Package → its versions: more than one where Pythons differ."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize("lock", WANTED)
def test_lock_holds_every_dependency(lock: str) -> None:
    versions = pinned(lock)
    for line in WANTED[lock]:
        wanted = Requirement(line)
        locked = versions.get(canonicalize_name(wanted.name), set())
        assert locked, f"{wanted.name} is not in {lock}"
        assert all(wanted.specifier.contains(each) for each in locked), (line, locked)


def test_what_is_tested_is_what_runs() -> None:
    runtime, tests = pinned("requirements.lock"), pinned("requirements-test.lock")
    assert {name: tests.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", WANTED)
def test_every_pin_has_hashes(lock: str) -> None:
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    pins = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin.split(" ")[0] for pin in pins if "--hash=sha256:" not in pin] == []
