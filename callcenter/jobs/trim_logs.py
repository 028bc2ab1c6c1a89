"""Keep each process's log bounded: the full file becomes `<name>.log.1`, the older one goes.

The writer keeps its file open in append mode, so the file is copied and truncated in place.
Asterisk's own queue_log and CEL are the ledger's source and are never touched here (rotate_facts).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from callcenter.settings import Settings

LARGEST_BYTES = 50_000_000


def trim_logs(settings: Settings, largest_bytes: int = LARGEST_BYTES) -> str:
    own = [settings.asterisk_log / name for name in ("full", "security")]
    files = [*settings.logs.glob("*.log"), *own]
    full = [path for path in files if path.exists() and path.stat().st_size > largest_bytes]
    for path in full:
        _rotate(path)
    return f"rotated {len(full)}"


def _rotate(path: Path) -> None:
    older = path.with_name(path.name + ".1")
    shutil.copyfile(path, older)
    with path.open("r+b") as file:
        file.truncate(0)
