"""What has been forgotten: by age, and on a person's request. Numbers only as keyed hashes."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Float, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class RetentionFloor(Base):
    """One row. What happened before these instants (midnights of the site's zone) is forgotten and
    stays so: the ledger takes no fact in from before `calls_before`, blanks the numbers of facts
    from before `numbers_before`, and leaves sums from before `calls_before` as they are.
    """

    __tablename__ = "retention_floor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    calls_before: Mapped[float] = mapped_column(Instant)
    numbers_before: Mapped[float] = mapped_column(Instant)


class ErasedNumber(Base):
    """A number whose facts up to `erased_at` are blanked wherever they are read again."""

    __tablename__ = "erased_numbers"

    number_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[float] = mapped_column(Instant)


class Erasure(Base):
    """The record of one request. `counts`: what was erased → how many."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))
    asked_by: Mapped[str] = mapped_column(Text)
    number_hash: Mapped[str] = mapped_column(String(64), index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
