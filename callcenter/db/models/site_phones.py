"""What has an extension: phones, ring groups and mailboxes without a phone."""

from __future__ import annotations

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SitePhoneRow(Base):
    __tablename__ = "site_phones"

    extension: Mapped[str] = mapped_column(String(6), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    secret: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    auto_answer: Mapped[bool]
    voicemail_pin: Mapped[str] = mapped_column(String(10))
    voicemail_email: Mapped[str] = mapped_column(String(320))
    ring_seconds: Mapped[int]
    no_answer: Mapped[str] = mapped_column(String(60))


class SiteRingGroupRow(Base):
    __tablename__ = "site_ring_groups"

    extension: Mapped[str] = mapped_column(String(6), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    phones: Mapped[list[str]] = mapped_column(JSON)
    strategy: Mapped[str] = mapped_column(String(10))
    ring_seconds: Mapped[int]
    no_answer: Mapped[str] = mapped_column(String(60))


class SiteVoicemailRow(Base):
    __tablename__ = "site_voicemail"

    number: Mapped[str] = mapped_column(String(6), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    pin: Mapped[str] = mapped_column(String(10))
    email: Mapped[str] = mapped_column(String(320))
    greeting: Mapped[str] = mapped_column(String(40))
