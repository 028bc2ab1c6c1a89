"""Where a call can go next, written `kind:name`."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.errors import InvalidInput

HANG_UP = "hangup"
KINDS = ("queue", "menu", "hours", "phone", "ring-group", "voicemail", "message", "journey")


@dataclass(frozen=True)
class Destination:
    kind: str
    name: str = ""

    def __str__(self) -> str:
        return self.kind if self.kind == HANG_UP else f"{self.kind}:{self.name}"


def parse_destination(text: str) -> Destination:
    """`queue:support` → Destination. Raises InvalidInput naming the kinds there are."""
    if text == HANG_UP:
        return Destination(HANG_UP)
    kind, colon, name = text.partition(":")
    if not colon or kind not in KINDS or not name:
        known = ", ".join(f"{each}:…" for each in KINDS)
        raise InvalidInput(f"{text!r} is not a destination; write one of {known}, or {HANG_UP}")
    return Destination(kind, name)
