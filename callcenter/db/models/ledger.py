"""What the ledger has read: positions in the fact files, raw facts, and lines set aside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base, partial_index

# Conditions of partial indexes. A query has to say them literally to be answered by one.
OF_AN_AGENT = "agent <> ''"
NOT_OF_CEL = "source <> 'cel'"

# SQLite only numbers INTEGER primary keys by itself.
BIG_ID = BigInteger().with_variant(Integer, "sqlite")


class LedgerSource(Base):
    """How far one fact file has been read. Commits together with the facts it yielded."""

    __tablename__ = "ledger_sources"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    inode: Mapped[int] = mapped_column(BigInteger, default=0)
    fingerprint: Mapped[str] = mapped_column(String(128), default="")
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    lines_read: Mapped[int] = mapped_column(BigInteger, default=0)
    read_at: Mapped[float] = mapped_column(Float(53), default=0.0)


class LedgerFact(Base):
    """One line of CEL or queue_log as it was written. `digest` makes a repeated line one fact."""

    __tablename__ = "ledger_facts"
    __table_args__ = (
        UniqueConstraint("node", "digest"),
        Index("ix_ledger_facts_call", "node", "call_id"),
        Index("ix_ledger_facts_node_at", "node", "at"),
        # Six of seven facts are CEL's, which are never asked for by event, and tell of no agent.
        partial_index("ix_ledger_facts_agent_at", "node", "agent", "at", where=OF_AN_AGENT),
        partial_index("ix_ledger_facts_event_at", "event", "at", where=NOT_OF_CEL),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    node: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(16))
    at: Mapped[float] = mapped_column(Float(53))
    event: Mapped[str] = mapped_column(String(64))
    uniqueid: Mapped[str] = mapped_column(String(160))
    call_id: Mapped[str] = mapped_column(String(160))  # empty: belongs to no call
    agent: Mapped[str] = mapped_column(String(160))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class LedgerChannel(Base):
    """Which call a channel belongs to. A transfer can join two calls: the older id stays."""

    __tablename__ = "ledger_channels"
    __table_args__ = (Index("ix_ledger_channels_call", "node", "call_id"),)

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    uniqueid: Mapped[str] = mapped_column(String(160), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160))


class LedgerRun(Base):
    """One start of Asterisk; calls open before it that say nothing after it were cut."""

    __tablename__ = "ledger_runs"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[float] = mapped_column(Float(53), primary_key=True)


class RejectedLine(Base):
    """A line that could not be read, kept with the reason so that nothing is lost silently."""

    __tablename__ = "rejected_lines"
    __table_args__ = (UniqueConstraint("node", "source", "digest"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    node: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(32))
    rejected_at: Mapped[float] = mapped_column(Float(53))
    reason: Mapped[str] = mapped_column(Text)
    line: Mapped[str] = mapped_column(Text)
