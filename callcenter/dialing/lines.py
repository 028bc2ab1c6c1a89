"""How many more calls may be placed now: the campaign's lines, its trunk's, its rate. Pure."""

from __future__ import annotations

import math


def free_lines(max_lines: int, up: int, trunk_max: int, trunk_calls: int) -> int:
    """`trunk_calls`: all calls of the trunk, ours and others'."""
    return max(0, min(max_lines - up, trunk_max - trunk_calls))


class RateLimit:
    """At most `per_second` calls, evenly: what is not used within a second is lost."""

    def __init__(self) -> None:
        self._saved = math.inf  # the first second's calls may be placed at once
        self._at: float | None = None

    def allows(self, per_second: float, now: float) -> int:
        """Calls that may be placed now; tell `used` what was."""
        if self._at is not None:
            self._saved += max(0.0, now - self._at) * per_second
        self._at = now
        self._saved = min(self._saved, max(1.0, per_second))
        return int(self._saved)

    def used(self, calls: int) -> None:
        self._saved -= calls
