"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """`mend` says what to do; empty when there is nothing to do."""

    part: str
    level: Level
    what: str
    mend: str = ""


def ok(part: str, what: str) -> Finding:
    return Finding(part, Level.OK, what)


def warning(part: str, what: str, mend: str) -> Finding:
    return Finding(part, Level.WARNING, what, mend)


def broken(part: str, what: str, mend: str) -> Finding:
    return Finding(part, Level.BROKEN, what, mend)
