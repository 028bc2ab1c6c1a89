"""How many more calls may be placed now: the campaign's lines, its trunk's, its rate. Pure."""

from __future__ import annotations

from collections import deque


def free_lines(max_lines: int, up: int, trunk_max: int, trunk_calls: int) -> int:
    """`trunk_calls`: all calls of the trunk, ours and others'."""
    return max(0, min(max_lines - up, trunk_max - trunk_calls))


class RateLimit:
    """At most `per_second` calls within any second, of a fraction the whole part; below one a
    second, one call in so many seconds."""

    def __init__(self) -> None:
        self._placed: deque[float] = deque()

    def allows(self, per_second: float, now: float) -> int:
        """Calls that may be placed now; tell `used` what was."""
        if per_second <= 0:
            return 0
        most, seconds = max(1, int(per_second)), max(1.0, 1 / per_second)
        # A clock that was set back must not stop a campaign until it has caught up.
        while self._placed and not now - seconds < self._placed[0] <= now:
            self._placed.popleft()
        return max(0, most - len(self._placed))

    def used(self, calls: int, now: float) -> None:
        self._placed.extend([now] * calls)
