"""A consistent copy of the SQLite database every night, a week of them.

PostgreSQL has its own tools: deploy/backup.sh calls pg_dump.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from callcenter.settings import Settings

KEPT = 7


def backup_database(settings: Settings, kept: int = KEPT) -> str:
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        return "not SQLite: deploy/backup.sh does it"
    folder = settings.home / "backup"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / time.strftime("callcenter-%Y%m%d-%H%M%S.sqlite", time.gmtime())
    _copy(Path(url.database), target)
    for old in sorted(folder.glob("callcenter-*.sqlite"))[:-kept]:
        old.unlink()
    return str(target)


def _copy(source: Path, target: Path) -> None:
    """Through SQLite's own backup, so that a write in mid-copy does no harm."""
    unfinished = target.with_suffix(".unfinished")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(unfinished)) as copy:
        live.backup(copy)
    unfinished.chmod(0o600)
    unfinished.replace(target)
