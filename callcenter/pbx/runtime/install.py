"""Which Asterisk runs here: the distribution's own, else the cached root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callcenter.domain.errors import Unavailable
from callcenter.pbx.runtime import version as versions
from callcenter.pbx.runtime.version import Version

VERSION_SECONDS = 10


class AsteriskMissing(Unavailable):
    code = "asterisk_missing"


@dataclass(frozen=True)
class AsteriskInstall:
    """`root` is None for the distribution's own; paths are those that Asterisk itself sees."""

    version: Version
    root: Path | None = None
    binary: Path = Path("/usr/sbin/asterisk")

    @property
    def modules(self) -> Path:
        """astmoddir. Its place depends on the machine's architecture."""
        prefix = self.root or Path("/")
        found = sorted((prefix / "usr/lib").glob("*/asterisk/modules"))
        found += sorted((prefix / "usr/lib").glob("asterisk/modules"))
        if not found:
            raise AsteriskMissing(f"{prefix}/usr/lib has no asterisk/modules; run ./run again")
        return Path("/") / found[0].relative_to(prefix)

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloaded and built things live, shared by every checkout of this user."""
    chosen = environment.get("CALLCENTER_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "callcenter"


def cached_root(environment: Mapping[str, str] = os.environ) -> Path:
    return cache_folder(environment) / "ast-root"


@cache
def find_asterisk() -> AsteriskInstall:
    """The Asterisk to run. Raises AsteriskMissing with what to do."""
    found = _of_the_distribution() or _of_the_cache(cached_root())
    if found is None:
        raise AsteriskMissing(
            f"No Asterisk >= 20 on PATH and none in {cached_root()};"
            " run `callcenter install-asterisk` (or ./run) to fetch one."
        )
    return found


def _of_the_distribution() -> AsteriskInstall | None:
    path = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        return None
    version = _version_of([path, "-V"])
    if version is None or not versions.supported(version):
        return None
    return AsteriskInstall(version=version, binary=Path(path))


def _of_the_cache(root: Path) -> AsteriskInstall | None:
    from callcenter.pbx.runtime import sandbox

    if not (root / "usr/sbin/asterisk").exists():
        return None
    version = _version_of([*sandbox.enclose(root, []), "/usr/sbin/asterisk", "-V"])
    return AsteriskInstall(version=version, root=root) if version else None


def _version_of(argv: list[str]) -> Version | None:
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command of ours
            argv, capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        )
        return versions.parse(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
