"""Calls a minute, changeable while the demo runs: `callcenter demo rate N` writes a file the demo
looks at twice a second."""

from __future__ import annotations

from pathlib import Path

from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HIGHEST_CALLS_PER_MINUTE = 120


def write_rate(settings: Settings, calls_per_minute: float) -> None:
    """Raises InvalidInput."""
    if not 0 <= calls_per_minute <= HIGHEST_CALLS_PER_MINUTE:
        raise InvalidInput(f"calls per minute go from 0 to {HIGHEST_CALLS_PER_MINUTE}")
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(f"{calls_per_minute:g}\n", encoding="utf-8")
    unfinished.rename(path)


def read_rate(settings: Settings) -> float | None:
    """What was asked for since the start; None when nothing (or nonsense) was."""
    try:
        return float(_path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def forget_rate(settings: Settings) -> None:
    """A start begins with the rate of the settings."""
    _path(settings).unlink(missing_ok=True)


def _path(settings: Settings) -> Path:
    return settings.home / "demo" / "rate"
