from __future__ import annotations

from datetime import UTC, date, datetime


def christmas_two_years_ahead() -> date:
    """A dated holiday that is not today whenever the tests run."""
    return date(datetime.now(UTC).year + 2, 12, 25)
