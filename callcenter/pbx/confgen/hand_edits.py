"""What was edited by hand in asterisk-conf/ since Asterisk was last told to read it.

A copy of each file as it was then lies in `generations/by-hand/`; it is only compared with, never
put back: those files are their owner's.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from callcenter.settings import Settings

# As file names in a diff: beside the generated files, which have no folder.
PREFIX = "asterisk-conf/"


def edited(settings: Settings) -> dict[str, tuple[str, str]]:
    """File name → (text then, text now), '' for a file that was not or is no longer there. Empty
    when nothing was edited, or before the first `remember`."""
    if not _kept(settings).exists():
        return {}
    then, now = _texts(_kept(settings)), _texts(settings.asterisk_conf)
    return {
        name: (then.get(name, ""), now.get(name, ""))
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    }


def remember(settings: Settings) -> None:
    """Asterisk has read them as they are now."""
    fresh = _kept(settings).with_name("by-hand.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o750)
    for name, text in _texts(settings.asterisk_conf).items():
        path = fresh / name
        path.touch(mode=0o640)  # they may hold secrets
        path.write_text(text, encoding="utf-8")
    shutil.rmtree(_kept(settings), ignore_errors=True)
    fresh.rename(_kept(settings))


def _kept(settings: Settings) -> Path:
    return settings.home / "asterisk" / "generations" / "by-hand"


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.glob("*.conf"))
    }
