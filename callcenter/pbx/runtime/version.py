"""Versions of Asterisk: what we accept, and from which one on the known holes are closed."""

from __future__ import annotations

import re

Version = tuple[int, int, int]

OLDEST_SUPPORTED: Version = (20, 0, 0)
# Security fixes of June 2026, by release branch.
FIXED_FROM: dict[int, Version] = {20: (20, 20, 1), 22: (22, 10, 1)}


def parse(text: str) -> Version:
    """`Asterisk 22.10.1~dfsg+…` → (22, 10, 1). Raises ValueError when there is no version."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if not found:
        raise ValueError(f"no Asterisk version in {text!r}")
    return int(found[1]), int(found[2]), int(found[3] or 0)


def supported(version: Version) -> bool:
    return version >= OLDEST_SUPPORTED


def security_warning(version: Version) -> str | None:
    """A sentence for people when the running version lacks known security fixes, else None."""
    fixed = FIXED_FROM.get(version[0])
    if fixed is None and version[0] > max(FIXED_FROM):
        return None
    if fixed is not None and version >= fixed:
        return None
    newest = ".".join(map(str, fixed or FIXED_FROM[22]))
    return (
        f"Asterisk {'.'.join(map(str, version))} lacks the security fixes of June 2026;"
        f" upgrade to {newest} or newer."
    )
