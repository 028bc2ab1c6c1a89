"""Fetch Asterisk 22 into a cached root, for distributions that package none."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from callcenter.domain.errors import Unavailable
from callcenter.pbx.runtime.install import cached_root

SUITE = "forky"
PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
FALLBACK_MIRROR = "http://deb.debian.org/debian"
IGNORE_EXPIRY = '--aptopt=Acquire::Check-Valid-Until "false"'


def install_root(target: Path | None = None, suite: str = SUITE) -> Path:
    """Build the root beside `target`, then move it into place in one step. Takes about 30 s.

    Raises Unavailable with mmdebstrap's last lines when it cannot be built.
    """
    root = target or cached_root()
    root.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="ast-root-building-", dir=root.parent))
    try:
        _bootstrap(building, suite, mirror_of_the_host())
        building.chmod(0o755)  # mkdtemp's 0700 would lock out the service's own user
        if root.exists():
            shutil.rmtree(root)
        building.rename(root)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return root


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


def _bootstrap(folder: Path, suite: str, mirror: str) -> None:
    failed = _mmdebstrap(folder, suite, mirror)
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
        failed = _mmdebstrap(folder, suite, mirror, IGNORE_EXPIRY)
    if failed:
        raise Unavailable(f"Asterisk could not be fetched from {mirror}: {failed}")


def _mmdebstrap(folder: Path, suite: str, mirror: str, *options: str) -> str:
    """'' when it worked, else the end of what mmdebstrap said."""
    include = f"--include={','.join(PACKAGES)}"
    argv = ["mmdebstrap", "--variant=apt", include, *options, suite, str(folder), mirror]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == 0 else done.stderr[-2000:].strip() or "mmdebstrap failed"
