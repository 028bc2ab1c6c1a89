"""A pack held against the books of today: what was changed, taken out or put in since then.

The pack alone shows that nobody changed the pack. This shows whether the books still say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from callcenter.dialer.evidence.chain import Line, hash_of
from callcenter.dialer.evidence.pack import ERASED, calls

CHAIN = ("kind", "line", "previous", "hash")


def differences(session: Session, pack: Path) -> Iterator[str]:
    """Of a verified pack. A call settled, or a number erased, since it was made is none."""
    header: Line = {}
    signed: dict[bytes, bytes] = {}  # of each attempt a digest: a year of calls has to fit
    for line in _lines(pack):
        if line["kind"] == "header":
            header = line
        elif line["kind"] == "call":
            signed[bytes.fromhex(line["attempt"])] = _digest(line)
    others: dict[str, dict[str, Any]] = {}
    for call in calls(session, header):
        was = signed.pop(bytes.fromhex(call["attempt"]), None)
        if was is None:
            yield f"{_named(call)}: not in the pack"
        elif was != _digest(call):
            others[call["attempt"]] = call
    for line in _lines(pack):
        if line["kind"] == "call" and line["attempt"] in others:
            yield from _changes(line, others[line["attempt"]])
        elif line["kind"] == "call" and bytes.fromhex(line["attempt"]) in signed:
            yield f"{_named(line)}: not in the books any more"


def _lines(pack: Path) -> Iterable[Line]:
    with pack.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _digest(call: Line) -> bytes:
    return bytes.fromhex(hash_of({k: v for k, v in call.items() if k not in CHAIN}))


def _changes(was: Line, now: dict[str, Any]) -> Iterator[str]:
    if was["outcome"] == "":
        return  # it was not settled then
    for key, value in now.items():
        erased = key == "number" and value == ERASED
        if was[key] != value and not erased:
            yield f"{_named(now)}: {key} was {was[key]!r}, is {value!r}"


def _named(call: Line) -> str:
    return f"{call['attempt']}, dialed {call['dialed']}"
