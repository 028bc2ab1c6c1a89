"""Run a command of the set-up; show what it said only when it fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class SetUpFailed(Exception):
    """The message names the command, the end of its output and what to do."""


def run(
    argv: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Standard output. Raises SetUpFailed."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands of ours
            argv,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise SetUpFailed(f"{argv[0]} is missing on this machine") from error
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise SetUpFailed(f"{' '.join(argv)[:200]} failed ({done.returncode}):\n{said}")
    return done.stdout
