"""The files that one growing file has become, and which of them a position lies in."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

# What logrotate and Asterisk append: .1, .0, -20261123, .2026-11-23, each perhaps .gz
_ROTATED = re.compile(r"[.-]\d[\d.-]*(\.gz)?")


@dataclass(frozen=True)
class Position:
    """`fingerprint` is `<length>:<digest>` of the file's first bytes."""

    inode: int = 0
    fingerprint: str = ""
    offset: int = 0


def row_of_files(path: Path, position: Position) -> list[Path]:
    """Oldest first, `path` last; empty without any. The file read last may have any name."""
    beside = [
        (other.stat().st_mtime_ns, other)
        for other in path.parent.glob(f"{path.name}?*")
        if _ROTATED.fullmatch(other.name.removeprefix(path.name))
        or other.stat().st_ino == position.inode
    ]
    # Of one moment, logrotate's higher number is the older file.
    files = [other for _, other in sorted(beside, key=lambda each: (each[0], _age(each[1])))]
    return [*files, path] if path.exists() else files


def _age(path: Path) -> int:
    digits = re.search(r"\.(\d{1,4})(\.gz)?$", path.name)
    return -int(digits[1]) if digits else 0


def place_of(files: list[Path], position: Position) -> tuple[int, int] | None:
    """(which file, offset in it); None: in none of them. A position of nothing is the first."""
    if not position.inode:
        return (0, 0)
    by_inode = [n for n, path in enumerate(files) if path.stat().st_ino == position.inode]
    others = [n for n in range(len(files)) if n not in by_inode]
    for number in (*by_inode, *(others if position.fingerprint else ())):
        if _holds(files[number], position):
            return number, position.offset
    return None


def _holds(path: Path, position: Position) -> bool:
    """Begins as the file of the position did, and is as long at least."""
    with open_file(path) as file:
        length, _, digest = position.fingerprint.partition(":")
        if digest and fingerprint_of(file, int(length)) != position.fingerprint:
            return False
        if path.suffix == ".gz":
            return file.seek(position.offset) == position.offset
        return os.fstat(file.fileno()).st_size >= position.offset


def waiting_bytes(path: Path, position: Position) -> int:
    """What lies there and is not read yet."""
    try:
        files = row_of_files(path, position)
        number, offset = place_of(files, position) or (0, 0)
        return max(0, sum(each.stat().st_size for each in files[number:]) - offset)
    except FileNotFoundError:
        return 0


def open_file(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def fingerprint_of(file: BinaryIO, length: int) -> str:
    file.seek(0)
    head = file.read(length)
    return f"{len(head)}:{hashlib.blake2b(head, digest_size=16).hexdigest()}"
