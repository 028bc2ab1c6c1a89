"""AMI's bytes ↔ headers. Pure.

A message is lines `Key: value` ending in an empty line. Only what is asked for is read, and by the
layout learned from messages before (`Reader`): taking every header of every event apart costs many
times as much (docs/benchmarks.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from callcenter.domain.errors import InvalidInput

END = b"\r\n\r\n"
_MOST_LAYOUTS = 16  # of one event type; whatever else comes is read the slow way


class Reader:
    """Reads the same keys out of many messages of one type.

    Asterisk writes a type's headers in the same order each time, so the first message of a layout
    becomes a pattern that reads the next ones in one pass. A pattern fits only a message with
    exactly those keys in that order, so what it reads is what a search would find.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._needles = [f"\r\n{key}: " for key in keys]
        self._layouts: list[tuple[re.Pattern[str], tuple[int, ...]]] = []

    def values(self, text: str) -> Sequence[str]:
        """One for each key, '' for those the message lacks. At least two keys are asked for."""
        for layout, groups in self._layouts:
            found = layout.fullmatch(text)
            if found is not None:
                return found.group(*groups)
        lines = text.split("\r\n")
        if len(self._layouts) < _MOST_LAYOUTS and not any("\r" in line for line in lines):
            self._learn(lines)
        return [self._search(text, needle) for needle in self._needles]

    def _search(self, text: str, needle: str) -> str:
        start = text.find(needle)
        if start < 0:
            return ""
        start += len(needle)
        end = text.find("\r\n", start)
        return text[start:end] if end >= 0 else text[start:]

    def _learn(self, lines: Sequence[str]) -> None:
        group_of: dict[str, int] = {}
        patterns = []
        for number, line in enumerate(lines):
            key, colon, _ = line.partition(": ")
            # The first line is the type, never a header to read; of a key that comes twice the
            # first one counts.
            wanted = number > 0 and bool(colon) and key in self._keys and key not in group_of
            if wanted:
                group_of[key] = len(group_of) + 1
            value = "([^\r]*+)" if wanted else "[^\r]*+"
            patterns.append(re.escape(key + colon) + (value if colon else ""))
        missing = len(group_of) + 1  # a group that is always empty
        groups = tuple(group_of.get(key, missing) for key in self._keys)
        self._layouts.append((re.compile("\r\n".join(patterns) + "()"), groups))


def decode(message: bytes) -> str:
    """UTF-8, or Latin-1 for what is not: a name in another encoding must not lose the event."""
    try:
        return message.decode()
    except UnicodeDecodeError:
        return message.decode("latin-1")


def clean(text: str) -> str:
    """Text from the network without control characters or `<unknown>` (Asterisk's none)."""
    if text.isprintable():
        return "" if text == "<unknown>" else text
    return "".join(char for char in text if char >= " " and char != "\x7f")


def check_headers(headers: Mapping[str, str | Sequence[str]]) -> None:
    """Raises InvalidInput for a value that would begin a header, or an action, of its own."""
    for key, value in headers.items():
        for each in (value,) if isinstance(value, str) else value:
            if any(char in each for char in "\r\n\0") or any(char in key for char in "\r\n:"):
                raise InvalidInput(f"{key} may not contain line breaks.")
