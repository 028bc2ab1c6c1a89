"""What agents said a call came to."""

from __future__ import annotations

from sqlalchemy import Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class CallDispositionRow(Base):
    """One agent's word on one call. `call_id` is the call as the agent knew it: a transfer may
    have joined it into another one since (ledger_channels tells)."""

    __tablename__ = "call_dispositions"
    __table_args__ = (Index(None, "set_at"),)

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160), primary_key=True)
    agent: Mapped[str] = mapped_column(String(160), primary_key=True)
    queue: Mapped[str] = mapped_column(String(160))
    disposition: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[float] = mapped_column(Float(53))
