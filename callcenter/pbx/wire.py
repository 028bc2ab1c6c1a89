"""AMI's bytes ↔ headers. Pure.

A message is lines `Key: value` ending in an empty line. Only what is asked for is read: parsing
every header of every event costs six times as much (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callcenter.domain.errors import InvalidInput

END = b"\r\n\r\n"
Needle = tuple[str, str, int]  # what to look for in the text, key, length of the first


def needles(keys: Iterable[str]) -> tuple[Needle, ...]:
    return tuple((f"\r\n{key}: ", key, len(key) + 4) for key in keys)


def read_keys(text: str, wanted: tuple[Needle, ...]) -> dict[str, str]:
    """The wanted keys of one message, '' for those it lacks. Keys are matched at line starts."""
    found = {}
    for needle, key, length in wanted:
        start = text.find(needle)
        if start < 0:
            found[key] = ""
            continue
        start += length
        end = text.find("\r\n", start)
        found[key] = text[start:end] if end >= 0 else text[start:]
    return found


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
