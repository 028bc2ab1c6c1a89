"""Calls the dialer placed, and why it placed as many. Kept as evidence: no row here depends on a
campaign or a lead that may be deleted. Instants to the millisecond."""

from __future__ import annotations

from sqlalchemy import Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base
from callcenter.db.models.leads import Id


class DialAttemptRow(Base):
    """Written before the call is placed; docs/architecture.md, Dialing, has the columns."""

    __tablename__ = "dial_attempts"
    __table_args__ = (
        Index("ix_dial_attempts_campaign", "campaign", "reserved_at"),
        Index("ix_dial_attempts_number", "number", "reserved_at"),
        Index("ix_dial_attempts_lead", "lead_id", "reserved_at"),
        Index("ix_dial_attempts_outcome", "outcome", "reserved_at"),
        Index("ix_dial_attempts_call", "node", "call_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(40))
    lead_id: Mapped[int | None] = mapped_column(Id)  # none: a number that an agent typed
    number: Mapped[str] = mapped_column(String(20))
    caller_id: Mapped[str] = mapped_column(String(20), default="")
    mode: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str] = mapped_column(String(6), default="")
    node: Mapped[str] = mapped_column(String(64), default="")
    reserved_at: Mapped[float]
    placed_at: Mapped[float | None]
    ringing_at: Mapped[float | None]
    answered_at: Mapped[float | None]
    greeting_end_at: Mapped[float | None]
    verdict: Mapped[str] = mapped_column(String(8), default="")  # human, machine, unsure
    verdict_ms: Mapped[int | None]
    agent_on_at: Mapped[float | None]
    message_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")  # empty: not settled yet
    cause: Mapped[str] = mapped_column(String(64), default="")
    call_id: Mapped[str] = mapped_column(String(160), default="")
    disposition: Mapped[str] = mapped_column(String(40), default="")


class SurveyAnswerRow(Base):
    """What somebody pressed to a survey's question, from the ledger as the outcome is."""

    __tablename__ = "survey_answers"

    attempt: Mapped[str] = mapped_column(String(32), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(1))
    at: Mapped[float] = mapped_column(Float(53))


class PacingDecisionRow(Base):
    """One answer of the pacing, with what it looked at. For the campaign's chart; not evidence."""

    __tablename__ = "pacing_decisions"
    __table_args__ = (Index("ix_pacing_decisions_campaign", "campaign", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign: Mapped[str] = mapped_column(String(40))
    at: Mapped[float]
    dial: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    no_agent_probability: Mapped[float] = mapped_column(default=0.0)
    threshold: Mapped[float] = mapped_column(default=0.0)
    agents: Mapped[int] = mapped_column(default=0)
    agents_ready: Mapped[int] = mapped_column(default=0)
    # Calls that may need an agent who is not theirs yet; of a broadcast or survey, its calls up.
    in_flight: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    free_lines: Mapped[int] = mapped_column(default=0)
    live_answered: Mapped[int] = mapped_column(default=0)  # in the rule's window, or today
    abandoned: Mapped[int] = mapped_column(default=0)
    # People who called us: those in `waiting`, and those to be expected who take agents of ours.
    callers_ahead: Mapped[int] = mapped_column(default=0)
    callers_an_hour: Mapped[float] = mapped_column(default=0.0)
