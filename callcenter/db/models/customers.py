"""Who calls, and what they ordered: what caller recognition and order status read.

Filled by `callcenter customers import-customers FILE` and `… import-orders FILE`, or by your own
system, straight into the tables.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Digits only, as `db.customer_store.digits_of` leaves them, so that +44 20 and 004420 meet.
    number: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    priority: Mapped[int] = mapped_column(default=0)  # higher is served first in a queue
    last_agent: Mapped[str] = mapped_column(String(6), default="")  # agent number


class OrderRow(Base):
    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)  # digits, typed by callers
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[str] = mapped_column(String(20))  # one of customer_store.ORDER_STATUSES
