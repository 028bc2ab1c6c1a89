"""Nothing that a test run started may outlive it, and no mount in its folder may remain.

Every process that a test starts inherits a mark in its environment, whatever its parent was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "TESTS_STARTED_BY"
SECONDS_TO_END = 60.0


@contextmanager
def none_allowed(folder: Path) -> Iterator[None]:
    """Fails when what was started inside the block still runs a moment after its end."""
    mark = f"{os.getpid()}-{time.time_ns()}"
    os.environ[MARK] = mark
    try:
        yield
    finally:
        del os.environ[MARK]
    until = time.monotonic() + SECONDS_TO_END
    while (found := running(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    assert found == {}, f"still running after the tests: {found}"
    assert mounts_below(folder) == []


def running(mark: str) -> dict[int, str]:
    """Process id → command line of the living processes that were started with `mark`.

    The test run itself set it later, so it is not among them.
    """
    wanted = f"{MARK}={mark}".encode()
    return {
        int(path.name): _read(path / "cmdline").replace(b"\0", b" ").decode(errors="replace")
        for path in Path("/proc").glob("[0-9]*")
        if wanted in _read(path / "environ").split(b"\0")
    }


def mounts_below(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.split(" ")[1].startswith(f"{folder}/")]


def _read(path: Path) -> bytes:
    """Empty for a process that is gone, a zombie, or of somebody else."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
