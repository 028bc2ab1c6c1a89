"""How long to wait before a process that died is started again. Pure."""

from __future__ import annotations

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 15.0
# A process that lived this long was healthy: its next death counts as the first.
HEALTHY_AFTER_SECONDS = 30.0


def deaths_in_a_row(deaths: int, lived_seconds: float) -> int:
    """The count after one more death, given how long the process had lived."""
    return 1 if lived_seconds >= HEALTHY_AFTER_SECONDS else deaths + 1


def wait_seconds(deaths: int) -> float:
    """Doubles with each death in a row: 0.25, 0.5, 1 … 15."""
    # The exponent is bounded so that a process dying for weeks cannot overflow a float.
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(deaths - 1, 16))
