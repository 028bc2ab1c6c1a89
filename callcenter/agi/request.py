"""The first lines of an AGI session: which script is asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from callcenter.domain.errors import InvalidInput

MAX_HEADER_BYTES = 16 * 1024
MAX_HEADER_LINES = 100
# Exactly what domain/site_rules allows, so a name can never leave the folder.
_SCRIPT_NAME = re.compile(r"[a-z0-9_-]{1,60}(\.py)?")


def script_name(header: Mapping[str, str]) -> str:
    """`agi_network_script: order_status.py` → `order_status.py`.

    Only a plain name is accepted: no folder, no dot-dot. Raises InvalidInput.
    """
    asked = header.get("agi_network_script") or urlsplit(header.get("agi_request", "")).path
    name = asked.removeprefix("/").partition("?")[0]
    if not _SCRIPT_NAME.fullmatch(name):
        raise InvalidInput(f"{asked!r} is not the plain name of a file in agi-scripts/")
    return name if name.endswith(".py") else f"{name}.py"


def read_header(lines: list[str]) -> dict[str, str]:
    """`agi_channel: PJSIP/…` lines → dict. A line without a colon is refused (InvalidInput)."""
    header: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if not colon or not key.startswith("agi_"):
            raise InvalidInput(f"{line[:60]!r} is no AGI header line")
        header[key.strip()] = value.strip()
    return header
