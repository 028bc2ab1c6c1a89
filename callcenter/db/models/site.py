"""The site's own settings. The records of a site are in site_*.py, one table a kind.

Every such table has a column for each field of the dataclass in domain/site.py, under the same
name, and `position`, the order people gave. Lists of plain values are JSON; lists of records are
tables of their own with `owner`, the key of the record that holds them.
"""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SiteRow(Base):
    """One row. `version` rises with every saved change and catches two people editing at once."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    recognise_callers: Mapped[bool]
    pause_reasons: Mapped[list[str]] = mapped_column(JSON)
    agents_see_numbers: Mapped[str] = mapped_column(String(10))
    supervisors_see_numbers: Mapped[str] = mapped_column(String(10))
    keep_recordings_days: Mapped[int]
    keep_voicemail_days: Mapped[int]
    keep_numbers_days: Mapped[int]
    keep_calls_days: Mapped[int]
    second_factor: Mapped[str] = mapped_column(String(10))
    working_pause_reasons: Mapped[list[str]] = mapped_column(JSON)
