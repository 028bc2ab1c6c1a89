"""A call centre whose Asterisk lives in another time: midnight comes while the test looks on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from callcenter.domain.site import Site
from tests.stack import Stack


class ElsewhenStack(Stack):
    """`ahead_seconds`: how far its clock is ahead of the machine's; behind when negative."""

    def __init__(self, home: Path, site: Site, ahead_seconds: float, **more: Any) -> None:
        super().__init__(home, site, **more)
        self._ahead_seconds = ahead_seconds

    def start_asterisk(self) -> None:
        library = self.settings.home / "libfaketime.so.1"  # where the sandbox sees it, too
        shutil.copy(_library(), library)
        moved = {
            "LD_PRELOAD": str(library),
            "FAKETIME": f"{self._ahead_seconds:+.6f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        before = {name: os.environ.get(name) for name in moved}
        os.environ.update(moved)
        try:
            super().start_asterisk()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _library() -> Path:
    found = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        raise RuntimeError("libfaketime is missing: apt-get install libfaketime (./run test does)")
    return found
