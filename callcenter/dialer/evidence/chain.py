"""Lines that hang on each other: each carries the hash of the one before and its own. Pure.

A line is one JSON object in canonical form (keys sorted, no spaces, UTF-8). `hash` is the SHA-256
of the line without `hash`; `previous` is the hash of the line before, 64 zeros for the first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

NOTHING = "0" * 64
Line = dict[str, Any]


def canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(line: Mapping[str, Any]) -> str:
    bare = {key: each for key, each in line.items() if key != "hash"}
    return hashlib.sha256(canonical(bare).encode()).hexdigest()


class Chain:
    """Writes: hands out lines one after the other."""

    def __init__(self) -> None:
        self.head, self.number = NOTHING, 0

    def line(self, kind: str, values: Mapping[str, Any]) -> str:
        body: Line = {**values, "kind": kind, "line": self.number, "previous": self.head}
        body["hash"] = self.head = hash_of(body)
        self.number += 1
        return canonical(body)


def problem_of(text: str, line: Line, number: int, previous: str) -> str:
    """Why this line does not belong here, or nothing."""
    if line.get("hash") != hash_of(line):
        return "it was changed: its hash does not fit what it says"
    if text != canonical(line):
        return "it is written in another form than it was signed in"
    if line.get("line") != number or line.get("previous") != previous:
        return "it does not follow the line before: lines were removed, added or put in other order"
    return ""
