"""Facts that wait on disk for the database: how many, since when, and whether that is too much.

The files Asterisk writes are the spool. Nothing is ever thrown away for it to stay small, and no
call is refused: memory stays at one batch of 4 MB, and the disk is the bound. `spool_most_mb` is
where that is called broken, in the log, by `doctor` and in `status`, while there is room to act.
Where the reader stands is also kept in a file, because the database that knows it may be away.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from callcenter.ledger.rotation import Position, waiting_bytes
from callcenter.settings import Settings

BYTES_A_MB = 1_000_000


@dataclass(frozen=True)
class Spool:
    """`caught_up_at`: when everything had been read; None: never yet."""

    waiting_bytes: int
    caught_up_at: float | None
    most_bytes: int
    free_bytes: int

    @property
    def over(self) -> bool:
        return self.waiting_bytes > self.most_bytes

    def said(self, now: float) -> str:
        """`1,204 MB of facts wait for 3 h 20 min, of 4,096 MB at most; 37 GB of disk are free`"""
        waits = "" if self.caught_up_at is None else f" for {_length(now - self.caught_up_at)}"
        return (
            f"{self.waiting_bytes / BYTES_A_MB:,.0f} MB of facts wait{waits}, of "
            f"{self.most_bytes / BYTES_A_MB:,.0f} MB at most; "
            f"{self.free_bytes / 1e9:,.1f} GB of disk are free"
        )


def keep_place(
    settings: Settings, positions: Mapping[str, Position], caught_up_at: float | None
) -> None:
    """Writes down where the reader stands. The database remains what counts."""
    said = {"caught_up_at": caught_up_at,
            "positions": {source: asdict(each) for source, each in positions.items()}}  # fmt: skip
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(path)


def spool(settings: Settings, files: Mapping[str, str]) -> Spool:
    """`files`: source → file under the log folder."""
    caught_up_at, positions = _kept(settings)
    waiting = sum(
        waiting_bytes(settings.asterisk_log / name, positions.get(source, Position()))
        for source, name in files.items()
    )
    return Spool(
        waiting, caught_up_at, settings.spool_most_mb * BYTES_A_MB,
        shutil.disk_usage(_existing(settings.home)).free,
    )  # fmt: skip


def _kept(settings: Settings) -> tuple[float | None, dict[str, Position]]:
    try:
        said = json.loads(_path(settings).read_text(encoding="utf-8"))
        positions = {source: Position(**each) for source, each in said["positions"].items()}
        return said["caught_up_at"], positions
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, {}  # not there yet, or torn: everything counts as waiting


def _path(settings: Settings) -> Path:
    return settings.home / "run" / "ledger-place.json"


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _length(seconds: float) -> str:
    minutes = int(max(0.0, seconds) // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
