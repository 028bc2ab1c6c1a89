"""Where the counts of today come from when the controller starts in the middle of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from callcenter.domain.queue import DayCounts

# Queue name → counts of the present local day; None when the books cannot say.
TodayCounts = Callable[[str], Awaitable[DayCounts | None]]


async def no_counts(queue: str) -> DayCounts | None:
    return None
