"""The way in and out: trunks, routes of calls out, numbers people dial to reach us."""

from __future__ import annotations

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SiteTrunkRow(Base):
    __tablename__ = "site_trunks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    match: Mapped[list[str]] = mapped_column(JSON)
    username: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str] = mapped_column(String(80))
    register: Mapped[bool]
    codecs: Mapped[list[str]] = mapped_column(JSON)
    max_calls: Mapped[int]
    caller_number: Mapped[str] = mapped_column(String(16))


class SiteOutboundRouteRow(Base):
    __tablename__ = "site_outbound_routes"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    pattern: Mapped[str] = mapped_column(String(40))
    trunk: Mapped[str] = mapped_column(String(40))
    strip_digits: Mapped[int]
    prepend: Mapped[str] = mapped_column(String(10))


class SiteDidRow(Base):
    __tablename__ = "site_dids"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    destination: Mapped[str] = mapped_column(String(60))
