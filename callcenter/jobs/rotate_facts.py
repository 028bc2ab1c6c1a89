"""Asterisk's files a day at a time, and gone when nothing needs them any more.

A file is renamed, never copied: every line stays where the ledger will read it, exactly once
(ledger/rotation.py). Old ones go only when the ledger has read them to their end, and stay for as
long as a database put back from a week-old copy would have to read them again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.control import ControlClient
from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.errors import CallcenterError
from callcenter.domain.site import Site
from callcenter.ledger.ingest import position_of
from callcenter.ledger.process import FILES
from callcenter.ledger.rotation import place_of, row_of_files
from callcenter.settings import Settings

log = logging.getLogger(__name__)

BY = "jobs"
KEPT_DAYS = 8  # a day more than the copies of the database (jobs/backup_database.py)
NOT_READ = "full"  # Asterisk's own complaints: nothing reads them, numbers may stand in them


def rotate_facts(
    settings: Settings,
    clock: Callable[[], float] = time.time,
) -> str:
    renamed = [_rename(path, clock()) for path in _growing(settings)]
    if any(renamed):
        _reopen(settings)
    engine = open_engine(settings.database)
    try:
        with sessions(engine)() as session:
            before = clock() - kept_days(load_site(session)) * 86_400
            old = [path for path in _done(session, settings) if path.stat().st_mtime < before]
    finally:
        engine.dispose()
    for path in old:
        path.unlink(missing_ok=True)
    return f"rotated {sum(renamed)}, deleted {len(old)}"


def kept_days(site: Site) -> int:
    """No longer than what the site keeps of that which stands in them."""
    kept = [days for days in (site.keep_numbers_days, site.keep_calls_days) if days]
    return min([KEPT_DAYS, *kept])


def _growing(settings: Settings) -> Iterator[Path]:
    for name in (*FILES.values(), NOT_READ):
        yield settings.asterisk_log / name


def _rename(path: Path, now: float) -> bool:
    if not path.exists() or path.stat().st_size == 0:
        return False
    path.rename(path.with_name(f"{path.name}-{datetime.fromtimestamp(now, UTC):%Y%m%d%H%M%S}"))
    return True


def _reopen(settings: Settings) -> None:
    """CEL and CDR are opened for each line; queue_log and `full` stay open until told. Until then
    lines go into the renamed file, which the ledger reads on."""
    try:
        ControlClient(settings.control_socket).request("reopen_logs", by=BY)
    except CallcenterError as error:  # both are down, or one: it opens new files when it starts
        log.warning("logs_not_reopened", extra={"why": str(error)[:200]})


def _done(session: Session, settings: Settings) -> Iterator[Path]:
    """What nobody will read: the ledger stands in a file after them."""
    for source, name in FILES.items():
        position = position_of(session, settings.node, source)
        files = row_of_files(settings.asterisk_log / name, position)
        place = place_of(files, position) if position.inode else None
        yield from files[: place[0] if place else 0]
    yield from settings.asterisk_log.glob(f"{NOT_READ}[.-]*")
