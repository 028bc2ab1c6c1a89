"""Kept runs hold people's numbers: those read before an erasure are not kept beyond it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.privacy import Erasure


def newest_erasure(session: Session) -> int:
    """0: nobody was ever erased."""
    return session.scalar(select(func.max(Erasure.id))) or 0


def drop_kept_rows(folder: Path) -> int:
    """Deletes what runs found, whoever asked; their pages ask anew. How many files."""
    files = list(folder.glob("*.json.gz")) if folder.is_dir() else []
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def drop_with(session: Session, folder: Path) -> int:
    """Now, and again once the session's transaction has committed: a run that ended in between has
    not seen the erasure, one that ends later does (`newest_erasure`)."""
    event.listen(session, "after_commit", lambda _: drop_kept_rows(folder), once=True)
    return drop_kept_rows(folder)
