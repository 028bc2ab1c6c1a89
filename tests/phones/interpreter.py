"""The Python that the phones run in: this one, or 3.11 where pjsua2 has no wheel for this one.

PyPI has pjsua2 for Python up to 3.12 only. A phone is a process of its own that needs nothing but
pjsua2 and the standard library, so on a newer system (Debian 13 and later) it runs in Debian 12's
Python, unpacked into the cache, not installed. `./run test` calls make().
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from callcenter.pbx.runtime import root
from callcenter.pbx.runtime.install import cache_folder

SUITE = "bookworm"
PACKAGES = ("python3.11",)
LOCK = Path(__file__).parents[2] / "requirements-test.lock"


def python() -> str:
    """Path of the Python that can import pjsua2."""
    if find_spec("pjsua2"):
        return sys.executable
    if not _is_made():
        raise RuntimeError("The phones' Python is missing: ./run test makes it.")
    return str(_folder() / "usr/bin/python3.11")


def make() -> None:
    """Unpack Python 3.11 and put pjsua2 where it looks. Nothing to do when it is there."""
    if find_spec("pjsua2") or _is_made():
        return
    root.unpack(PACKAGES, SUITE, _folder(), variant="extract")
    packages = _folder() / "usr/lib/python3/dist-packages"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(_locked("pjsua2-python"))
        requirement.flush()
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(packages)]
        pip += ["--python-version", "3.11", "--only-binary=:all:", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "-r", requirement.name], check=True)
    _stamp().touch()


def _folder() -> Path:
    return cache_folder() / "phones-python-3.11"


def _stamp() -> Path:
    return _folder() / "ok"


def _is_made() -> bool:
    return _stamp().exists()


def _locked(package: str) -> str:
    """The lock file's lines of one package, without its marker: that speaks of our own Python."""
    found = re.search(rf"^{package}==.*?(?=^\S)", LOCK.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise RuntimeError(f"{LOCK} does not name {package}")
    return re.sub(r" ; [^\\\n]*", "", found[0])
