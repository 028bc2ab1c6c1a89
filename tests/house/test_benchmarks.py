"""Every `./run bench NAME` that the documents offer is there, and none is left out of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs/benchmarks.md").read_text(encoding="utf-8")
DOCUMENTED = re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)


def test_every_benchmark_is_documented_and_every_documented_one_exists() -> None:
    programs = {
        path.stem
        for path in (CHECKOUT / "tests/bench").glob("*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    }
    assert sorted(DOCUMENTED) == sorted(programs)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_benchmark_says_how_it_is_used(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", "--help"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")
