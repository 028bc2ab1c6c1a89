"""CPU seconds of processes and of everything they started."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of each process and its living descendants; ended ones they waited
    for are in their parent's figure."""
    return sum(_own(pid) for pid in _with_descendants(set(pids)))


def _with_descendants(pids: set[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            parent = _fields(int(folder.name))
            if parent:
                children.setdefault(int(parent[1]), []).append(int(folder.name))
    found, left = set(pids), list(pids)
    while left:
        for child in children.get(left.pop(), []):
            if child not in found:
                found.add(child)
                left.append(child)
    return found


def _own(pid: int) -> float:
    fields = _fields(pid)
    return sum(int(each) for each in fields[11:15]) / _TICKS if fields else 0.0


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
