"""What the pages use from npm, copied to web/static/vendor."""

from __future__ import annotations

import hashlib
from pathlib import Path

from callcenter.bootstrap.commands import run

SOURCES = ("package-lock.json", "vendor.mjs")


def is_made(web: Path, *, tests: bool) -> bool:
    stamp = web / "static/vendor/.stamp"
    return stamp.exists() and stamp.read_text() in _enough(web, tests)


def make(web: Path, *, tests: bool) -> None:
    options = [] if tests else ["--omit=dev"]
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *options], cwd=web)
    run(["npm", "run", "vendor"], cwd=web)
    (web / "static/vendor/.stamp").write_text(_stamp(web, tests))


def _enough(web: Path, tests: bool) -> set[str]:
    """What was made for the tests is enough for a start too."""
    return {_stamp(web, True)} | (set() if tests else {_stamp(web, False)})


def _stamp(web: Path, tests: bool) -> str:
    content = b"".join((web / name).read_bytes() for name in SOURCES)
    return f"{hashlib.sha256(content).hexdigest()} {'with' if tests else 'without'} test packages"
