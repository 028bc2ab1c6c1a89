"""What is counted about one slice of the books: a queue in an hour, an agent on a day, a year.

Every figure of every report is arithmetic on one `Counts`, so slices can be added up first and the
metric taken last: a mean of means never happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

# Every way a call can leave a queue, as the ledger names it, and still being in it. Together they
# are `offered`, always.
EXITS = (
    "answered", "abandoned", "timeout", "overflow", "no_agents", "left", "callback", "voicemail",
    "cut", "waiting",
)  # fmt: skip
# The edges between which waits are counted, and how long after a call another one is a return.
WAIT_EDGES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
RETURN_SECONDS = 7 * 86_400
# Kept as the greatest, everything else is summed. Slices of one period share its seconds.
LARGEST = frozenset({"longest_wait_seconds", "period_seconds"})


@dataclass(frozen=True)
class Counts:
    """Calls are counts; `…_seconds` are sums over the calls named, but for the longest wait."""

    answered: int = 0
    abandoned: int = 0
    timeout: int = 0
    overflow: int = 0
    no_agents: int = 0
    left: int = 0
    callback: int = 0
    voicemail: int = 0
    cut: int = 0
    waiting: int = 0
    short_abandoned: int = 0  # of abandoned
    answered_within: int = 0  # of answered, within the service level's seconds
    wait_seconds: float = 0.0  # of answered calls
    abandon_wait_seconds: float = 0.0  # of abandoned calls
    longest_wait_seconds: float = 0.0
    talks: int = 0  # an agent's own parts of calls; a transferred call has several
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_ups: int = 0
    wrap_up_seconds: float = 0.0
    queued_seconds: float = 0.0  # callers' time in queues within the period, however they left
    period_seconds: float = 0.0  # how long the period is
    signed_in_seconds: float = 0.0
    ready_seconds: float = 0.0
    ringing_seconds: float = 0.0
    busy_seconds: float = 0.0
    paused_seconds: float = 0.0
    working_pause_seconds: float = 0.0  # of paused, for reasons that count as work
    rings: int = 0
    unanswered_rings: int = 0
    calls: int = 0  # whole calls, where queues do not matter
    answered_calls: int = 0  # of calls
    returning: int = 0  # of answered, those with a further call within the days that count

    @property
    def offered(self) -> int:
        return sum(getattr(self, exit_) for exit_ in EXITS)

    def __add__(self, other: Counts) -> Counts:
        return total((self, other))


_NAMES = tuple(field.name for field in fields(Counts))


def total(parts: Iterable[Counts]) -> Counts:
    """The slices as one."""
    listed = list(parts)
    if not listed:
        return Counts()
    return Counts(
        **{
            name: (max if name in LARGEST else sum)([getattr(part, name) for part in listed])
            for name in _NAMES
        }
    )
