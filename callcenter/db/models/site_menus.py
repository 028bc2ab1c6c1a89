"""What callers hear and choose from: prompts, menus, messages, journeys."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SitePromptRow(Base):
    __tablename__ = "site_prompts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    uploaded: Mapped[bool]


class SiteMenuRow(Base):
    __tablename__ = "site_menus"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    prompt: Mapped[str] = mapped_column(String(40))
    wait_seconds: Mapped[int]
    tries: Mapped[int]
    invalid_prompt: Mapped[str] = mapped_column(String(40))
    on_invalid: Mapped[str] = mapped_column(String(60))
    on_timeout: Mapped[str] = mapped_column(String(60))
    direct_dial: Mapped[bool]


class SiteMenuOptionRow(Base):
    __tablename__ = "site_menu_options"

    owner: Mapped[str] = mapped_column(
        ForeignKey("site_menus.name", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digit: Mapped[str] = mapped_column(String(1))
    destination: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(80))


class SiteMessageRow(Base):
    __tablename__ = "site_messages"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    prompt: Mapped[str] = mapped_column(String(40))
    then: Mapped[str] = mapped_column(String(60))


class SiteJourneyRow(Base):
    """`results` is a list of [result word, destination]."""

    __tablename__ = "site_journeys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    script: Mapped[str] = mapped_column(String(64))
    then: Mapped[str] = mapped_column(String(60))
    results: Mapped[list[list[str]]] = mapped_column(JSON)
    argument: Mapped[str] = mapped_column(String(40))
