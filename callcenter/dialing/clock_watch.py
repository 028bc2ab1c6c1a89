"""Whether the wall clock is set while the dialer works: hours, days and waits are read from it.

A clock that was set is either right since then or wrong since then, and nobody here can tell.
Nothing is dialed for a while, in which everything is read anew; then it is believed.
"""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

SET_SECONDS = 5.0  # a clock that is steered drifts by less between two looks
DOUBT_SECONDS = 60.0


class ClockWatch:
    def __init__(self) -> None:
        self._apart: float | None = None
        self._set_by = 0.0
        self._doubted_until = 0.0  # monotonic

    def look(self, wall: float, monotonic: float) -> None:
        """Now and then, at least once a minute. A machine that slept has been set too."""
        apart = wall - monotonic
        set_by = 0.0 if self._apart is None else apart - self._apart
        self._apart = apart
        if abs(set_by) > SET_SECONDS:
            self._set_by, self._doubted_until = set_by, monotonic + DOUBT_SECONDS
            log.warning("clock_set", extra={"seconds": round(set_by, 1)})

    def why_doubted(self, monotonic: float) -> str:
        """Empty: the clock can be relied on."""
        if monotonic >= self._doubted_until:
            return ""
        way = "forward" if self._set_by > 0 else "back"
        return f"the clock was set {way} by {abs(self._set_by):,.0f} s: dialing waits a minute"
