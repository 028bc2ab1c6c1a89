"""Recordings leaving the disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path


def delete_recordings(folder: Path, names: Iterable[str]) -> int:
    """How many files were there. A name that leads out of the folder is left alone."""
    count = 0
    for name in names:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.suffix == ".raw" and path.is_file():
            path.unlink()
            count += 1
    return count


def recordings_before(folder: Path, day: date) -> Iterator[Path]:
    """Files of days before `day`, by their folder's name YYYY/MM/DD."""
    for path in sorted(folder.glob("[0-9]*/[0-9]*/[0-9]*/*")):
        written = _day_of(path)
        if written is not None and written < day and path.is_file():
            yield path


def _day_of(path: Path) -> date | None:
    try:
        return date(*(int(part) for part in path.parts[-4:-1]))
    except ValueError:
        return None


def drop_empty_folders(folder: Path) -> None:
    """Days, months and years that hold nothing any more; today's may be about to be used."""
    keep = date.today() - timedelta(days=2)  # noqa: DTZ011 - a margin, not an instant
    for path in sorted(folder.glob("[0-9]*/[0-9]*/[0-9]*"), reverse=True):
        if (day := _day_of(path / "x")) and day < keep:
            for each in (path, path.parent, path.parent.parent):
                with contextlib.suppress(OSError):
                    each.rmdir()
