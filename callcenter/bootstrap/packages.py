"""System packages: only what is missing, only through apt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from callcenter.bootstrap import progress
from callcenter.bootstrap.commands import SetUpFailed, run

OLDEST_ASTERISK = 20
ASTERISK = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")

# command that has to be there → package that brings it
NEEDED = {
    "espeak-ng": "espeak-ng",
    "sox": "sox",
    "setpriv": "util-linux",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",  # the letters of PDFs
}
NEEDED_FOR_THE_ROOT = {"bwrap": "bubblewrap"}
NEEDED_TO_BUILD_THE_ROOT = {"mmdebstrap": "mmdebstrap"}
NEEDED_WITHOUT_ROOT = {"newuidmap": "uidmap"}
NO_PJSUA2_WHEEL_FROM = (3, 13)
NEEDED_FOR_TESTS = {
    "/usr/lib/postgresql/*/bin/initdb": "postgresql",
    "chromium": "chromium",
    "sipp": "sip-tester",
    "/usr/lib/*/faketime/libfaketimeMT.so.1": "libfaketime",  # a PBX at midnight
    "systemd-analyze": "systemd",
}

QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
APT_OPTIONS = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")
IGNORE_EXPIRY = ("-o", "Acquire::Check-Valid-Until=false")


def missing(*, tests: bool, front_end: bool, root_built: bool) -> list[str]:
    """Names of packages to install, [] when all is there."""
    needed = dict(NEEDED)
    if not has_asterisk():
        needed |= NEEDED_FOR_THE_ROOT
        needed |= {} if root_built else _to_build_a_root()
    if front_end:
        needed |= {"npm": "npm"}
    if tests:
        needed |= NEEDED_FOR_TESTS
        # The phones' own Python is such a root too (tests/phones/interpreter.py).
        needed |= _to_build_a_root() if sys.version_info >= NO_PJSUA2_WHEEL_FROM else {}
    packages = [package for command, package in needed.items() if not _present(command)]
    return [*packages, *([] if _can_make_environments() else ["python3-venv"])]


def install(packages: Sequence[str]) -> None:
    """apt-get update, then install. A mirror that stands still is taken with a warning."""
    options = _update()
    _apt(["install", "-y", "--no-install-recommends", *packages], options)


def distribution_has_asterisk() -> bool:
    """True when apt would bring an Asterisk new enough and it is not installed yet."""
    return not has_asterisk() and _candidate("asterisk") >= OLDEST_ASTERISK


def install_distribution_asterisk() -> None:
    """Without its own service: that would take the SIP port before ours starts it."""
    install(ASTERISK)
    if Path("/run/systemd/system").exists():
        progress.say(" (its own service is switched off: ours starts it)", end="")
        run([*_as_root(), "systemctl", "disable", "--now", "asterisk"])


def _update() -> tuple[str, ...]:
    try:
        _apt(["update"], ())
    except SetUpFailed as error:
        if "expired" not in str(error) and "not valid" not in str(error):
            raise
        progress.say(" (warning: the mirror's Release file has expired; taking it anyway)", end="")
        _apt(["update"], IGNORE_EXPIRY)
        return IGNORE_EXPIRY
    return ()


def _apt(arguments: Sequence[str], options: Sequence[str]) -> None:
    settings = [f"{key}={value}" for key, value in QUIET.items()]
    run([*_as_root(), "env", *settings, "apt-get", "-q", *APT_OPTIONS, *options, *arguments])


def _as_root() -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    raise SetUpFailed("Packages are missing; run this as root, or install sudo.")


def _present(command: str) -> bool:
    if command.startswith("/"):
        return any(Path("/").glob(command.lstrip("/")))
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


def _to_build_a_root() -> dict[str, str]:
    return NEEDED_TO_BUILD_THE_ROOT | ({} if os.geteuid() == 0 else NEEDED_WITHOUT_ROOT)


def _can_make_environments() -> bool:
    from importlib.util import find_spec

    return find_spec("ensurepip") is not None and find_spec("venv") is not None


def has_asterisk() -> bool:
    """The distribution's own, new enough, is installed."""
    path = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        return False
    return _major(run([path, "-V"])) >= OLDEST_ASTERISK


def _candidate(package: str) -> int:
    """Major version apt would install; 0 when it knows none."""
    answer = subprocess.run(  # noqa: S603
        ["apt-cache", "policy", package],  # noqa: S607
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    found = re.search(r"Candidate: (?:\d+:)?(\S+)", answer.stdout)
    return _major(found[1]) if found else 0


def _major(text: str) -> int:
    found = re.search(r"(\d+)\.", text)
    return int(found[1]) if found else 0
