"""Text from the wire as people may see it. It is stored whole; this is for the edges that show it.

Control characters move a terminal's cursor or end a line that is not theirs; marks of writing
direction make a name read as another one. Neither is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable


def _without(*ranges: Iterable[int]) -> dict[int, None]:
    return {code: None for each in ranges for code in each}


_DIRECTIONS = (range(0x202A, 0x202F), range(0x2066, 0x206A))
_HIDDEN = _without(range(0x20), range(0x7F, 0xA0), *_DIRECTIONS)
_HIDDEN_IN_LINES = {code: None for code in _HIDDEN if chr(code) not in "\n\r\t"}


def display_text(text: str) -> str:
    """One line: nothing below 0x20, no C1 control, no override of the direction of writing."""
    return text.translate(_HIDDEN)


def display_lines(text: str) -> str:
    """The same for text of several lines: line breaks and tabs stay."""
    return text.translate(_HIDDEN_IN_LINES)


def duration(seconds: float | None) -> str:
    """187 → `3:07`, 3787 → `1:03:07`, nothing → `–`."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds_left:02}"
    return f"{minutes}:{seconds_left:02}"
