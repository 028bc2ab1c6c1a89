"""The virtual environment: in the cache, one for each content of the lock file and each Python."""

from __future__ import annotations

import hashlib
import shutil
import sys
import sysconfig
from pathlib import Path

from callcenter.bootstrap.commands import run


def folder(cache: Path, lock: Path) -> Path:
    key = hashlib.sha256(lock.read_bytes())
    key.update(f"{sys.version}{sysconfig.get_platform()}{sys.executable}".encode())
    return cache / f"venv-{key.hexdigest()[:16]}"


def is_made(environment: Path) -> bool:
    return (environment / "ok").exists()


def make(environment: Path, lock: Path) -> None:
    """Every package by its hash. A half-made one of an earlier, broken start is made anew."""
    shutil.rmtree(environment, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(environment)])
    pip = [str(python(environment)), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "-q", "--require-hashes", "-r", str(lock)])
    (environment / "ok").touch()


def python(environment: Path) -> Path:
    return environment / "bin" / "python"
