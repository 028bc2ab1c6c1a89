"""One fact: what one line of CEL, queue_log or CDR says, as a value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

# What `surrogateescape` makes of a byte that is not UTF-8.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_EPOCH = re.compile(r"[0-9]{1,11}(\.[0-9]*)?")

CEL = "cel"
QUEUE_LOG = "queue_log"


class BadLine(ValueError):
    """A line that cannot be read; the message is the reason shown to people."""


class Fact(NamedTuple):
    """`at` is epoch seconds. `agent` is set on queue_log lines about one agent."""

    source: str
    digest: str
    at: float
    event: str
    uniqueid: str = ""
    linkedid: str = ""
    agent: str = ""
    fields: Mapping[str, str] = MappingProxyType({})

    def get(self, name: str) -> str:
        return self.fields.get(name, "")


def digest_of(source: str, line: str) -> str:
    """The same line read twice is the same fact: CEL has microseconds, so lines differ."""
    return hashlib.blake2b(f"{source}\n{line}".encode(errors="replace"), digest_size=16).hexdigest()


def parse_instant(text: str) -> float:
    """Epoch seconds, `1764000000` or `1764000000.123456`. Raises BadLine."""
    if not _EPOCH.fullmatch(text):
        raise BadLine(f"not an epoch time: {text[:40]!r}")
    return float(text)


def refuse_garbage(line: str) -> None:
    """Raises BadLine on what no sound writer leaves: NUL bytes and bytes that are not UTF-8."""
    if "\x00" in line:
        raise BadLine("NUL byte in the line (a torn write or a full disk)")
    if not line.isascii() and _NOT_UTF8.search(line):
        raise BadLine("not valid UTF-8")
