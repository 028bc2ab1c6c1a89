"""Calls as the ledger folds them: one row a call, and its legs, queue visits, talks and events.

Every row's key is made of ids that Asterisk chose, so folding again writes the same rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base, partial_index

Instant = Float(53)
# Conditions of partial indexes. A query has to say them literally to be answered by one.
SHORT_CALL = "outcome = 'answered' AND talk_seconds < 10.0"
ON_A_TRUNK = "substr(channel, 1, 12) = 'PJSIP/trunk-'"
OFFER = "kind IN ('agent_rang', 'no_answer')"
OPEN = "ended_at IS NULL"


class Call(Base):
    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_started", "started_at", "id"),
        Index("ix_calls_caller", "caller_number", "started_at"),
        Index("ix_calls_queue", "queue", "started_at"),
        Index("ix_calls_agent", "agent", "started_at"),
        Index("ix_calls_outcome", "outcome", "started_at"),
        Index("ix_calls_ended", "ended_at"),
        Index("ix_calls_dialed", "dialed", "started_at"),
        Index("ix_calls_direction", "direction", "started_at"),
        Index("ix_calls_wait", "wait_seconds", "started_at"),
        Index("ix_calls_talk", "talk_seconds", "started_at"),
        partial_index("ix_calls_short", "talk_seconds", "started_at", where=SHORT_CALL),
    )

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(160), primary_key=True)  # Asterisk's linkedid
    direction: Mapped[str] = mapped_column(String(16))
    caller_number: Mapped[str] = mapped_column(Text)
    caller_name: Mapped[str] = mapped_column(Text)
    dialed: Mapped[str] = mapped_column(Text)
    trunk: Mapped[str] = mapped_column(String(160))
    started_at: Mapped[float] = mapped_column(Instant)
    answered_at: Mapped[float | None] = mapped_column(Instant)  # by a person
    ended_at: Mapped[float | None] = mapped_column(Instant)  # none: still up
    outcome: Mapped[str] = mapped_column(String(32))  # empty: still up
    ended_by: Mapped[str] = mapped_column(String(16))
    queue: Mapped[str] = mapped_column(String(160))  # last queue visited
    agent: Mapped[str] = mapped_column(String(160))  # last who talked
    wait_seconds: Mapped[float] = mapped_column(Float(53))
    talk_seconds: Mapped[float] = mapped_column(Float(53))  # without hold
    hold_seconds: Mapped[float] = mapped_column(Float(53))
    recording: Mapped[str] = mapped_column(Text)  # path under settings.recordings, or empty


class CallLeg(Base):
    """One channel from start to its one end."""

    __tablename__ = "call_legs"
    __table_args__ = (
        Index("ix_call_legs_call", "node", "call_id"),
        partial_index("ix_call_legs_trunk_ended", "ended_at", where=ON_A_TRUNK),
    )

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    uniqueid: Mapped[str] = mapped_column(String(160), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160))
    channel: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)  # trunk name or phone extension
    role: Mapped[str] = mapped_column(String(16))  # customer, phone, other
    agent: Mapped[str] = mapped_column(String(160))
    started_at: Mapped[float] = mapped_column(Instant)
    answered_at: Mapped[float | None] = mapped_column(Instant)
    ended_at: Mapped[float | None] = mapped_column(Instant)
    cause: Mapped[str] = mapped_column(String(32))  # Q.850 number, or `cut`; empty: still up


class QueueVisit(Base):
    __tablename__ = "queue_visits"
    __table_args__ = (
        Index("ix_queue_visits_queue_entered", "queue", "entered_at"),
        Index("ix_queue_visits_entered", "entered_at"),
    )

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # 1 is the first of the call
    queue: Mapped[str] = mapped_column(String(160))
    entered_at: Mapped[float] = mapped_column(Instant)
    left_at: Mapped[float | None] = mapped_column(Instant)  # answered, or left the queue
    outcome: Mapped[str] = mapped_column(String(32))  # `waiting` until it leaves
    agent: Mapped[str] = mapped_column(String(160))
    wait_seconds: Mapped[float] = mapped_column(Float(53))
    caller_known: Mapped[bool] = mapped_column(Boolean, default=False)  # the call has a number
    # When the same number entered the same queue in another call, if within the days that count
    # as coming back. Kept by ledger/rollups/returns.py.
    next_at: Mapped[float | None] = mapped_column(Instant)


class CallTalk(Base):
    """One person's own part of a call: the time their phone shared a bridge with the customer."""

    __tablename__ = "call_talks"
    __table_args__ = (
        Index("ix_call_talks_agent", "agent", "started_at"),
        Index("ix_call_talks_queue", "queue", "started_at"),
        Index("ix_call_talks_started", "started_at"),
    )

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    queue: Mapped[str] = mapped_column(String(160))
    agent: Mapped[str] = mapped_column(String(160))
    phone: Mapped[str] = mapped_column(Text)
    started_at: Mapped[float] = mapped_column(Instant)
    ended_at: Mapped[float | None] = mapped_column(Instant)
    talk_seconds: Mapped[float] = mapped_column(Float(53))
    hold_seconds: Mapped[float] = mapped_column(Float(53))


class CallEvent(Base):
    """One line of a call's timeline."""

    __tablename__ = "call_events"
    __table_args__ = (partial_index("ix_call_events_offers", "agent", "at", where=OFFER),)

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[float] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(String(160))


class AgentInterval(Base):
    """What an agent was in; while signed in, intervals meet end to start."""

    __tablename__ = "agent_intervals"
    __table_args__ = (
        Index("ix_agent_intervals_started", "started_at"),
        Index("ix_agent_intervals_agent_ended", "agent", "ended_at"),
        partial_index("ix_agent_intervals_open", "agent", where=OPEN),
        Index("ix_agent_intervals_queue", "queue", "started_at"),
    )

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    started_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    ended_at: Mapped[float | None] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(16))  # ready, ringing, talking, wrap_up, paused
    reason: Mapped[str] = mapped_column(Text)  # of a pause
    signs_in: Mapped[bool] = mapped_column(Boolean)  # first of a signed-in stretch
    queue: Mapped[str] = mapped_column(String(160), default="")  # whose call; none: ready, paused
    call_id: Mapped[str] = mapped_column(String(160), default="")  # the caller's channel
    # All that facts after `started_at` need of the ones before; none: more is going on than that.
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
