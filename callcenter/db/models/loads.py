"""Sums of time that lies across the edges of visits and talks: callers' in queues, agents' after.

Kept and proved as the other roll-ups are (db/models/rollups.py).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class QueueLoad:
    """Waiting is cut at the edges of the slice; a wrap-up counts where it began."""

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    queued_us: Mapped[int] = mapped_column(BigInteger, default=0)  # of callers who have left
    wrap_ups: Mapped[int] = mapped_column(default=0)
    wrap_up_us: Mapped[int] = mapped_column(BigInteger, default=0)


class QueueLoadQuarter(QueueLoad, Base):
    """One queue in a quarter of an hour."""

    __tablename__ = "queue_load_quarters"
    __table_args__ = (Index("ix_queue_load_quarters_queue", "queue", "start_at"),)


class QueueLoadDay(QueueLoad, Base):
    """One queue on a local day."""

    __tablename__ = "queue_load_days"
    __table_args__ = (Index("ix_queue_load_days_queue", "queue", "start_at"),)


class AgentWrapUpDay(Base):
    """One agent's wrap-up after one queue's calls, on the local day on which it began."""

    __tablename__ = "agent_wrap_up_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    wrap_ups: Mapped[int] = mapped_column(default=0)
    wrap_up_us: Mapped[int] = mapped_column(BigInteger, default=0)
