"""Sums that the ledger keeps beside the books, in the same transaction, so that reports stay fast.

Seconds are kept as whole microseconds (columns end in `_us`): sums of integers are the same in any
order, so a roll-up can be compared with its raw rows for equality. `start_at` is epoch seconds: a
multiple of 900, or a midnight of the site's time zone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class RollupBasis(Base):
    """What the roll-ups were reckoned with. When the site says otherwise all are made anew."""

    __tablename__ = "rollup_basis"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    timezone: Mapped[str] = mapped_column(String(64))
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSON)  # queue → [in time, short] seconds


class QueueSums:
    """Visits by the moment of entering, talks by the moment they began."""

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    answered: Mapped[int] = mapped_column(default=0)
    abandoned: Mapped[int] = mapped_column(default=0)
    timeout: Mapped[int] = mapped_column(default=0)
    overflow: Mapped[int] = mapped_column(default=0)
    no_agents: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    callback: Mapped[int] = mapped_column(default=0)
    voicemail: Mapped[int] = mapped_column(default=0)
    cut: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    short_abandoned: Mapped[int] = mapped_column(default=0)
    answered_within: Mapped[int] = mapped_column(default=0)
    wait_us: Mapped[int] = mapped_column(BigInteger, default=0)
    abandon_wait_us: Mapped[int] = mapped_column(BigInteger, default=0)
    longest_wait_us: Mapped[int] = mapped_column(BigInteger, default=0)
    talks: Mapped[int] = mapped_column(default=0)
    talk_us: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_us: Mapped[int] = mapped_column(BigInteger, default=0)


class QueueQuarter(QueueSums, Base):
    """One queue in a quarter of an hour."""

    __tablename__ = "queue_quarters"
    __table_args__ = (Index("ix_queue_quarters_queue", "queue", "start_at"),)


class QueueDay(QueueSums, Base):
    """One queue on a local day."""

    __tablename__ = "queue_days"
    __table_args__ = (Index("ix_queue_days_queue", "queue", "start_at"),)


class AgentTalkDay(Base):
    """One agent's own parts of one queue's calls that began on a local day."""

    __tablename__ = "agent_talk_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    talks: Mapped[int] = mapped_column(default=0)
    talk_us: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_us: Mapped[int] = mapped_column(BigInteger, default=0)


class AgentStateDay(Base):
    """One agent's ended time in one state on a local day, cut at midnight."""

    __tablename__ = "agent_state_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)  # intervals that began on this day
    total_us: Mapped[int] = mapped_column(BigInteger, default=0)
    longest_us: Mapped[int] = mapped_column(BigInteger, default=0)  # as cut at midnight
