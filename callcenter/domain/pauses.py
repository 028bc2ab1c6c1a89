"""Reasons to pause: which of them count as work."""

from __future__ import annotations

import re
from collections.abc import Collection

_NOT_WORDS = re.compile(r"[\W_]+")


def is_work(reason: str, working: Collection[str]) -> bool:
    """`reason` as queue_log has it, where a phone's code leaves out what is no letter or digit."""
    return _plain(reason) in {_plain(each) for each in working} - {""}


def _plain(reason: str) -> str:
    return _NOT_WORDS.sub(" ", reason).strip().casefold()
