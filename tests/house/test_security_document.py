"""docs/security.md names defences and tests that are there."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TEXT = (CHECKOUT / "docs/security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "case |" not in line]


@cache
def defined_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:30])
def test_each_case_has_a_defence_and_a_test(row: str) -> None:
    *_, last = row.strip("| ").split(" | ")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", last)
    assert named, "this case names no test"
    for file, test in named:
        assert test in defined_in(CHECKOUT / file), f"{file} has no {test}"


def test_each_file_named_is_there() -> None:
    files = set(re.findall(r"`([\w-]+/[\w./-]+\.\w+|[\w-]+\.(?:toml|lock))`", TEXT))
    assert len(files) > 30
    assert [name for name in sorted(files) if not (CHECKOUT / name).is_file()] == []


def test_dependencies_are_pinned_with_hashes() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (CHECKOUT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
        pins = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
        assert pins
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    for folder in ("web", "tests/web"):
        locked = json.loads((CHECKOUT / folder / "package-lock.json").read_text())["packages"]
        packages = {name: each for name, each in locked.items() if name}
        assert packages
        assert [name for name, each in packages.items() if "integrity" not in each] == []


def test_every_exception_from_a_security_rule_is_judged() -> None:
    found = {
        code
        for folder in ("callcenter", "web", "agi-scripts")
        for path in (CHECKOUT / folder).rglob("*.py")
        if "node_modules" not in path.parts
        for codes in re.findall(r"# noqa: ([A-Z0-9, ]+)", path.read_text(encoding="utf-8"))
        for code in re.findall(r"\bS\d+", codes)
    }
    judged = set(re.findall(r"\bS\d{3}\b", TEXT.split("## Exceptions")[1]))
    assert found == judged - {"S602", "S605"}
