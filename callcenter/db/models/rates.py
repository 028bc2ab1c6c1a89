"""What calls cost: prices by the first digits of the number."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class CallRateRow(Base):
    """One price. Money is in millionths of the currency's unit, so that sums are exact."""

    __tablename__ = "call_rates"
    __table_args__ = (UniqueConstraint("trunk", "direction", "prefix", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trunk: Mapped[str] = mapped_column(String(40))  # empty: any
    direction: Mapped[str] = mapped_column(String(16))  # outbound, inbound
    prefix: Mapped[str] = mapped_column(String(20))  # digits; empty: any number
    title: Mapped[str] = mapped_column(String(120))
    minute_micro: Mapped[int] = mapped_column(BigInteger)
    connection_micro: Mapped[int] = mapped_column(BigInteger)
    minimum_seconds: Mapped[int]
    increment_seconds: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
