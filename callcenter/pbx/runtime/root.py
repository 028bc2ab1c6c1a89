"""Fetch Asterisk 22 into a cached root, for distributions that package none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from callcenter.domain.errors import Unavailable
from callcenter.pbx.runtime.install import cached_root

SUITE = "forky"
PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
FALLBACK_MIRROR = "http://deb.debian.org/debian"
IGNORE_EXPIRY = '--aptopt=Acquire::Check-Valid-Until "false"'


def install_root(target: Path | None = None, suite: str = SUITE) -> Path:
    """Asterisk and what it needs, beside `target` first, then moved into place. About 30 s.

    Raises Unavailable with mmdebstrap's last lines when it cannot be built.
    """
    return unpack(PACKAGES, suite, target or cached_root())


def unpack(packages: Sequence[str], suite: str, target: Path, *, variant: str = "apt") -> Path:
    """A Debian root with `packages` at `target`, whole or not at all; an older one is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f"{target.name}-building-", dir=target.parent))
    wanted = [f"--variant={variant}", f"--include={','.join(packages)}"]
    try:
        _bootstrap(building, suite, mirror_of_the_host(), wanted)
        building.chmod(0o755)  # mkdtemp's 0700 would lock out the service's own user
        if target.exists():
            shutil.rmtree(target)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def mirror_of_the_host() -> str:
    """The Debian mirror that apt on this machine is set up with."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(ORIGIN)|$(CREATED_BY)"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    for line in targets.stdout.splitlines():
        uri, origin, *_ = line.split("|")
        if origin == "Debian" and "security" not in uri and "debug" not in uri:
            return uri.rstrip("/")
    return FALLBACK_MIRROR


def _bootstrap(folder: Path, suite: str, mirror: str, wanted: Sequence[str]) -> None:
    failed = _mmdebstrap(folder, suite, mirror, wanted)
    if failed:
        # mmdebstrap refuses a folder with something in it, such as what it left when it failed.
        shutil.rmtree(folder)
        folder.mkdir()
    if failed and "expired" in failed.lower():
        print(  # noqa: T201 - for the person at the terminal
            f"warning: the Release file of {mirror} has expired; taking it anyway"
            " (Acquire::Check-Valid-Until false)",
            file=sys.stderr,
        )
        failed = _mmdebstrap(folder, suite, mirror, [*wanted, IGNORE_EXPIRY])
    if failed:
        raise Unavailable(f"{suite} could not be fetched from {mirror}: {failed}")


def _mmdebstrap(folder: Path, suite: str, mirror: str, wanted: Sequence[str]) -> str:
    """'' when it worked, else the end of what was said."""
    if os.geteuid() == 0:
        return _failure(["mmdebstrap", *wanted, suite, str(folder), mirror])
    # Made by an ordinary user, its files would belong to ids that this user cannot delete.
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        unpacked = ["tar", "-C", str(folder), "--no-same-owner", "--exclude=./dev/*", "-xf"]
        return _failure(["mmdebstrap", *wanted, suite, archive.name, mirror]) or _failure(
            [*unpacked, archive.name]
        )


def _failure(argv: Sequence[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == 0 else done.stderr[-2000:].strip() or f"{argv[0]} failed"
