"""`HOME/run/<process>.pid`: written by each process itself, so that they are right under our own
supervisor and under systemd alike."""

from __future__ import annotations

import os
from pathlib import Path

from callcenter.settings import Settings


def write(settings: Settings, process: str) -> None:
    """Name this process. The file stays when it is killed; `alive` does not trust it blindly."""
    path = _path(settings, process)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{os.getpid()} {_started(os.getpid())}\n")
    fresh.replace(path)


def alive(settings: Settings, process: str) -> int | None:
    """The pid of the running process, None when it is not running.

    The start instant is compared too: pids are used again.
    """
    try:
        pid, started = _path(settings, process).read_text().split()
        running = _started(int(pid))
    except (OSError, ValueError):
        return None
    return int(pid) if running == started else None


def _path(settings: Settings, process: str) -> Path:
    return settings.home / "run" / f"{process}.pid"


def _started(pid: int) -> str:
    """Clock ticks since boot at which the process began. Raises ValueError for a zombie."""
    # The name (field 2) may hold spaces and brackets, so read from its closing bracket on.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    if fields[0] == "Z":
        raise ValueError("a zombie does not run")
    return fields[19]
