"""What each node's ledger found when it last held the books against each other.

A node's own ledger judges its calls, because only it has the recordings; pages, `status` and
metrics read the rows.
"""

from __future__ import annotations

from sqlalchemy import Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class Judgement(Base):
    """One a node: when it was judged last, and what was looked at."""

    __tablename__ = "judgements"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    judged_at: Mapped[float] = mapped_column(Instant)
    since: Mapped[float] = mapped_column(Instant)
    before: Mapped[float] = mapped_column(Instant)
    calls: Mapped[int] = mapped_column(Integer)


class UnreconciledRow(Base):
    """Something that does not add up. `ref` is the call, or the file that belongs to none."""

    __tablename__ = "unreconciled"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    ref: Mapped[str] = mapped_column(String(200), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(160))
    at: Mapped[float] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text)
