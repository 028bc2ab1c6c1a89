"""Reads whole new lines of a growing file, and says where the next read begins.

The position is a value that the caller commits together with what the lines said, so a line is
taken exactly once whatever dies in between. Asterisk appends to `path`; what it was renamed or
copied to lies beside it (ledger/rotation.py). They are read as one row of files, oldest first:

  renamed away, once or several times → the rest of the old file, the ones after it, then `path`
  copied and truncated               → the rest of the copy, then `path` from its start
  compressed                         → the rest, out of the compressed file
  last line without its newline      → waits, unless nobody can write on to it
  the file is gone before its end    → `gap` says so, and everything that is there is read: lines
                                       that were taken before change nothing
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from callcenter.ledger.rotation import Position, fingerprint_of, open_file, place_of, row_of_files

FINGERPRINT_BYTES = 256
MOST_BYTES_A_READ = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 256 * 1024

__all__ = ["MOST_BYTES_A_READ", "Batch", "Position", "read_new_lines"]


@dataclass(frozen=True)
class Batch:
    """Lines without their newline; bytes that are not UTF-8 survive as surrogates.

    `gap`: why lines may be missing before these; empty: none are.
    """

    lines: tuple[str, ...]
    position: Position
    more: bool  # there may be more to read at once
    gap: str = ""


def read_new_lines(path: Path, position: Position) -> Batch:
    """What has been added since `position`. A file that is not there yields no lines."""
    try:
        return _read_row(path, position)
    except FileNotFoundError:  # renamed or deleted while it was looked for: the next read sees it
        return Batch((), position, more=False)


def _read_row(path: Path, position: Position) -> Batch:
    files = row_of_files(path, position)
    if not files:
        return Batch((), position, more=False)
    place = place_of(files, position)
    gap = ""
    if place is None:
        began = position.offset > 0
        gap = _gap(path, position) if began and not _truncated(path, position) else ""
        place = (len(files) - 1 if began and not gap else 0), 0
    number, offset = place
    found = _read_file(files, number, offset, position)
    return Batch(found.lines, found.position, found.more, gap)


def _truncated(path: Path, position: Position) -> bool:
    """The same file, begun anew, and no copy of what it held."""
    return path.exists() and path.stat().st_ino == position.inode


def _gap(path: Path, position: Position) -> str:
    return (
        f"lines may be missing: the file that {path.name} was renamed to is gone, and had been "
        f"read up to byte {position.offset} only; keep rotated files until they are read"
    )


def _read_file(files: list[Path], number: int, offset: int, position: Position) -> Batch:
    """Of `files[number]` from `offset` on; the start of the next file when there is no more."""
    last = number == len(files) - 1
    # logrotate's `create` puts an empty file in place while Asterisk still writes to the old one.
    finished = not last and (
        files[number].suffix == ".gz" or number < len(files) - 2 or files[-1].stat().st_size > 0
    )
    with open_file(files[number]) as file:
        here = Position(files[number].stat().st_ino, "", offset)
        same = offset == position.offset and offset > 0
        batch = _read(file, here, position.fingerprint if same else "", to_the_end=finished)
    if batch.lines or not finished:
        # nothing new is no new position, or each look would be a write
        return batch if batch.lines or not same else Batch((), position, more=False)
    return Batch((), Position(files[number + 1].stat().st_ino), more=True)


def _read(file: BinaryIO, start: Position, known: str, *, to_the_end: bool) -> Batch:
    file.seek(start.offset)
    data = file.read(MOST_BYTES_A_READ)
    more = len(data) == MOST_BYTES_A_READ
    end = data.rfind(b"\n") + 1
    if not end and len(data) >= LONGEST_LINE_BYTES:
        end = len(data)  # a line without end: let the parser set it aside
    if to_the_end and not more:
        end = len(data)  # nobody will finish the last line of a file that was rotated away
    lines = data[:end].split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    offset = start.offset + end
    fingerprint = known
    if start.offset < FINGERPRINT_BYTES and offset:
        # It grows until the file has enough bytes, and never covers unread ones.
        fingerprint = fingerprint_of(file, min(offset, FINGERPRINT_BYTES))
    text = tuple(line.decode("utf-8", "surrogateescape").rstrip("\r") for line in lines)
    return Batch(text, Position(start.inode, fingerprint, offset), more and end > 0)
