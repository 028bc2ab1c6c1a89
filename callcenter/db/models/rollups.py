"""Sums that the ledger keeps beside the books, in the same transaction, so that reports stay fast.

Seconds are kept as whole microseconds (columns end in `_us`): sums of integers are the same in any
order, so a roll-up can be compared with its raw rows for equality. `start_at` is epoch seconds: a
multiple of 900, or a midnight of the site's time zone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class RollupBasis(Base):
    """What the roll-ups were reckoned with. When the site says otherwise all are made anew.

    A rebuild goes on where it stood: first the callers in the order of their numbers, from
    `callers_after` on; then the days before `days_before`, the newest first. Both none: it is done.
    """

    __tablename__ = "rollup_basis"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    timezone: Mapped[str] = mapped_column(String(64))
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSON)  # queue → [in time, short] seconds
    version: Mapped[int] = mapped_column(default=0)  # of the way of reckoning
    callers_after: Mapped[str | None] = mapped_column(Text)
    days_before: Mapped[float | None] = mapped_column(Instant)


class VisitSums:
    """Visits by the moment of entering, talks by the moment they began."""

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True, sort_order=-3)
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
    answered_known: Mapped[int] = mapped_column(default=0)  # answered, and the number is known
    called_again: Mapped[int] = mapped_column(default=0)  # of these: came back to the queue


class QueueSums(VisitSums):
    """Of one queue."""

    queue: Mapped[str] = mapped_column(String(160), primary_key=True, sort_order=-1)


class HouseQuarter(VisitSums, Base):
    """All queues together in a quarter of an hour."""

    __tablename__ = "house_quarters"


class QueueQuarter(QueueSums, Base):
    """One queue in a quarter of an hour."""

    __tablename__ = "queue_quarters"
    __table_args__ = (Index("ix_queue_quarters_queue", "queue", "start_at"),)


class QueueDay(QueueSums, Base):
    """One queue on a local day."""

    __tablename__ = "queue_days"
    __table_args__ = (Index("ix_queue_days_queue", "queue", "start_at"),)


class QueueWaitDay(Base):
    """Visits of a queue that entered on a local day and left one way, by the seconds they waited.

    `waits_0` … `waits_12` are the stretches between domain/counts.py `WAIT_EDGES`.
    """

    __tablename__ = "queue_wait_days"
    __table_args__ = (Index("ix_queue_wait_days_queue", "queue", "start_at"),)

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(32), primary_key=True)
    waits_0: Mapped[int] = mapped_column(default=0)
    waits_1: Mapped[int] = mapped_column(default=0)
    waits_2: Mapped[int] = mapped_column(default=0)
    waits_3: Mapped[int] = mapped_column(default=0)
    waits_4: Mapped[int] = mapped_column(default=0)
    waits_5: Mapped[int] = mapped_column(default=0)
    waits_6: Mapped[int] = mapped_column(default=0)
    waits_7: Mapped[int] = mapped_column(default=0)
    waits_8: Mapped[int] = mapped_column(default=0)
    waits_9: Mapped[int] = mapped_column(default=0)
    waits_10: Mapped[int] = mapped_column(default=0)
    waits_11: Mapped[int] = mapped_column(default=0)
    waits_12: Mapped[int] = mapped_column(default=0)


class TalkSums:
    """Talks by the moment they began."""

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True, sort_order=-3)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True, sort_order=-2)
    talks: Mapped[int] = mapped_column(default=0)
    talk_us: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_us: Mapped[int] = mapped_column(BigInteger, default=0)


class AgentTalkDay(TalkSums, Base):
    """One agent's own parts of one queue's calls on a local day."""

    __tablename__ = "agent_talk_days"
    __table_args__ = (Index("ix_agent_talk_days_queue", "queue", "start_at"),)

    queue: Mapped[str] = mapped_column(String(160), primary_key=True, sort_order=-1)


class AgentDay(TalkSums, Base):
    """One agent's own parts of all calls on a local day."""

    __tablename__ = "agent_days"


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


class OfferDay(Base):
    """How often an agent's phone rang on a local day, and was not picked up; by last queue."""

    __tablename__ = "offer_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    rings: Mapped[int] = mapped_column(default=0)
    unanswered_rings: Mapped[int] = mapped_column(default=0)


class DidDay(Base):
    """Inbound calls to one number that began on a local day; `queue` is the last one visited."""

    __tablename__ = "did_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    dialed: Mapped[str] = mapped_column(Text, primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    answered_calls: Mapped[int] = mapped_column(default=0)
    talk_us: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_us: Mapped[int] = mapped_column(BigInteger, default=0)


class TransferDay(Base):
    """Talks of one agent that began on a local day and went on at another phone."""

    __tablename__ = "transfer_days"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    to_agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    to_phone: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int] = mapped_column(default=0)


class TrunkQuarter(Base):
    """One trunk's ended channels in a quarter of an hour, cut at its edges."""

    __tablename__ = "trunk_quarters"

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    trunk: Mapped[str] = mapped_column(Text, primary_key=True)
    began: Mapped[int] = mapped_column(default=0)
    used_us: Mapped[int] = mapped_column(BigInteger, default=0)
    at_once: Mapped[int] = mapped_column(default=0)


class CallerSums:
    """One caller's inbound calls. Holds a number, as calls do."""

    start_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    caller_number: Mapped[str] = mapped_column(Text, primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    answered_calls: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[float] = mapped_column(Instant)
    last_at: Mapped[float] = mapped_column(Instant)


class CallerMonth(CallerSums, Base):
    """Begun in a local month."""

    __tablename__ = "caller_months"
    __table_args__ = (
        Index("ix_caller_months_calls", "start_at", "calls", "caller_number"),
        Index("ix_caller_months_number", "caller_number"),
    )


class CallerYear(CallerSums, Base):
    """Begun in a local year."""

    __tablename__ = "caller_years"
    __table_args__ = (
        Index("ix_caller_years_calls", "start_at", "calls", "caller_number"),
        Index("ix_caller_years_number", "caller_number"),
    )
