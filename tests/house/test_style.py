"""ruff, mypy and the direction of imports, as part of the tests."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
    "imports": ["lint-imports", "--config", "setup.cfg"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_house_rule(check: str) -> None:
    tool, *arguments = CHECKS[check]
    done = subprocess.run(
        [str(TOOLS / tool), *arguments], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
