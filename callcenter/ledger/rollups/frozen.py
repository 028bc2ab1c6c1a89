"""Sums whose raw rows have been deleted by age: they stay as they are, for ever.

privacy/retention.py moves the instant, a midnight of the site's zone, before it deletes anything.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.privacy import RetentionFloor
from callcenter.domain.periods import day_start, local_day


def frozen_before(session: Session) -> float:
    """Epoch seconds; 0.0: nothing is frozen."""
    return session.scalar(select(RetentionFloor.calls_before)) or 0.0


def first_free_midnight(frozen: float, zone: ZoneInfo) -> float:
    """From when on sums of days can be reckoned from raw rows. It is later than `frozen` only when
    the site has changed its time zone since."""
    if not frozen:
        return 0.0
    day = local_day(frozen, zone)
    start = day_start(day, zone)
    return start if start >= frozen else day_start(day + timedelta(days=1), zone)
