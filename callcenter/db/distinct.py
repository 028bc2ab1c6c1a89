"""Which values a column has, where it leads an index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def distinct_values(session: Session, column: Any) -> list[str]:
    """From one to the next, not by reading every row."""
    found: list[str] = []
    value = session.scalar(select(func.min(column)))
    while value is not None:
        found.append(value)
        value = session.scalar(select(func.min(column)).where(column > value))
    return found
