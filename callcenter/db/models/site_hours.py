"""Opening hours: weekly rules and holidays."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SiteHoursRow(Base):
    __tablename__ = "site_hours"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    open: Mapped[str] = mapped_column(String(60))
    closed: Mapped[str] = mapped_column(String(60))
    holiday: Mapped[str] = mapped_column(String(60))


class SiteOpeningRuleRow(Base):
    __tablename__ = "site_opening_rules"

    owner: Mapped[str] = mapped_column(
        ForeignKey("site_hours.name", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    opens: Mapped[time]
    closes: Mapped[time]


class SiteHolidayRow(Base):
    __tablename__ = "site_holidays"

    owner: Mapped[str] = mapped_column(
        ForeignKey("site_hours.name", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(80))
    every_year: Mapped[bool]
