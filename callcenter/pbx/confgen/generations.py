"""Numbered folders of rendered files, and the one symbolic link that says which is in force.

`HOME/asterisk/generations/N/` is written once and never changed (but by `add_missing`).
`etc/generated` points to it and is replaced by one rename: Asterisk never sees half a generation.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from callcenter.settings import Settings

KEPT = 20


def folder(settings: Settings) -> Path:
    return settings.home / "asterisk" / "generations"


@contextlib.contextmanager
def one_at_a_time(settings: Settings) -> Iterator[None]:
    """The console and the controller may both apply; the second waits for the first."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    with (folder(settings) / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def in_force(settings: Settings) -> int | None:
    """The number that `generated` points to; None before the first."""
    if not settings.generated.is_symlink():
        return None
    name = settings.generated.readlink().name
    return int(name) if name.isdigit() else None


def numbers(settings: Settings) -> list[int]:
    """All there are, oldest first."""
    if not folder(settings).exists():
        return []
    return sorted(int(path.name) for path in folder(settings).iterdir() if path.name.isdigit())


def read(settings: Settings, number: int | None) -> dict[str, str]:
    """`{"pjsip.conf": "…", …}` of one generation; empty for None."""
    if number is None:
        return {}
    files = sorted((folder(settings) / str(number)).glob("*.conf"))
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def write(settings: Settings, files: Mapping[str, str]) -> int:
    """Keep `files` as a new generation, not yet in force. Its number."""
    number = max(numbers(settings), default=0) + 1
    target = folder(settings) / str(number)
    target.mkdir(parents=True, mode=0o750)
    for name, text in files.items():
        path = target / name
        # Secrets of phones and trunks are in here.
        path.touch(mode=0o640)
        path.write_text(text, encoding="utf-8")
    return number


def add_missing(settings: Settings, number: int, names: Iterable[str]) -> None:
    """A version before rendered fewer files. Those it had not are there now, empty: hand-written
    files include them."""
    for name in names:
        path = folder(settings) / str(number) / name
        if not path.exists():
            path.touch(mode=0o640)


def history(settings: Settings) -> list[int]:
    """Numbers in the order they came into force; the last is the present one."""
    path = folder(settings) / "history"
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def put_in_force(settings: Settings, number: int) -> None:
    """Point `generated` to generation `number` in one step, and remember the one before."""
    _point_to(settings, number)
    _remember(settings, [*history(settings), number][-KEPT:])


def step_back(settings: Settings) -> None:
    """Point to the one before, and forget that the present one ever was in force."""
    past = history(settings)[:-1]
    _point_to(settings, past[-1])
    _remember(settings, past)


def _remember(settings: Settings, past: list[int]) -> None:
    path = folder(settings) / "history"
    fresh = path.with_name("history.new")
    fresh.write_text(" ".join(map(str, past)))
    fresh.replace(path)


def _point_to(settings: Settings, number: int) -> None:
    fresh = settings.generated.with_name(f"generated.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("..") / "generations" / str(number))
    fresh.replace(settings.generated)


def forget_old(settings: Settings) -> None:
    """Keep the last KEPT generations and those one could still roll back to."""
    for number in numbers(settings)[:-KEPT]:
        if number not in history(settings):
            shutil.rmtree(folder(settings) / str(number))


def discard(settings: Settings, number: int) -> None:
    """Remove a generation that was refused."""
    shutil.rmtree(folder(settings) / str(number), ignore_errors=True)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
