"""Reads whole new lines of a growing file, and says where the next read begins.

The position is a value that the caller commits together with what the lines said, so a line is
taken exactly once whatever dies in between. A file is recognised by inode and by its first bytes:

  renamed away, new file in place  → the rest of the old file is read first (found by inode in the
                                     same folder), then the new one from its start
  truncated, or copied and truncated → shorter than the offset or other first bytes: from the start
  last line without its newline    → waits
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

FINGERPRINT_BYTES = 256
MOST_BYTES_A_READ = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 256 * 1024


@dataclass(frozen=True)
class Position:
    """`fingerprint` is `<length>:<digest>` of the file's first bytes."""

    inode: int = 0
    fingerprint: str = ""
    offset: int = 0


@dataclass(frozen=True)
class Batch:
    """Lines without their newline; bytes that are not UTF-8 survive as surrogates."""

    lines: tuple[str, ...]
    position: Position
    more: bool  # there may be more to read at once


def read_new_lines(path: Path, position: Position) -> Batch:
    """What has been added since `position`. A file that is not there yields no lines."""
    rest = _rest_of_rotated(path, position)
    if rest is not None:
        return rest
    try:
        with path.open("rb") as file:
            return _read(file, _place_in(file, position))
    except FileNotFoundError:
        return Batch((), position, more=False)


def _rest_of_rotated(path: Path, position: Position) -> Batch | None:
    """Unread lines of the file that `path` was before it was renamed, or None."""
    if not position.inode or _inode(path) == position.inode:
        return None
    # logrotate's `create` puts an empty file in place while Asterisk still writes to the old one.
    finished = path.exists() and path.stat().st_size > 0
    for other in sorted(path.parent.glob(f"{path.name}*")):
        if other == path or _inode(other) != position.inode:
            continue
        with other.open("rb") as file:
            if not _is_same(file, position):
                return None
            batch = _read(file, position, to_the_end=finished)
            return batch if batch.lines or not finished else None
    return None


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _place_in(file: BinaryIO, position: Position) -> Position:
    status = os.fstat(file.fileno())
    same = status.st_ino == position.inode and status.st_size >= position.offset
    if same and _is_same(file, position):
        return position
    return Position(inode=status.st_ino)


def _is_same(file: BinaryIO, position: Position) -> bool:
    length, _, digest = position.fingerprint.partition(":")
    return not digest or _fingerprint(file, int(length)) == position.fingerprint


def _fingerprint(file: BinaryIO, length: int) -> str:
    file.seek(0)
    head = file.read(length)
    return f"{len(head)}:{hashlib.blake2b(head, digest_size=16).hexdigest()}"


def _read(file: BinaryIO, position: Position, *, to_the_end: bool = False) -> Batch:
    file.seek(position.offset)
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
    offset = position.offset + end
    # The fingerprint grows until the file has enough bytes, and never covers unread ones.
    fingerprint = _fingerprint(file, min(offset, FINGERPRINT_BYTES)) if offset else ""
    text = tuple(line.decode("utf-8", "surrogateescape").rstrip("\r") for line in lines)
    return Batch(text, Position(position.inode, fingerprint, offset), more and end > 0)
