"""Queues and everything that can be set on one."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SiteQueueRow(Base):
    __tablename__ = "site_queues"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    strategy: Mapped[str] = mapped_column(String(20))
    ring_seconds: Mapped[int]
    retry_seconds: Mapped[int]
    wrap_up_seconds: Mapped[int]
    weight: Mapped[int]
    music: Mapped[str] = mapped_column(String(40))
    max_waiting: Mapped[int]
    max_wait_seconds: Mapped[int]
    announce_position: Mapped[bool]
    announce_every_seconds: Mapped[int]
    wait_prompt: Mapped[str] = mapped_column(String(40))
    wait_prompt_every_seconds: Mapped[int]
    agent_prompt: Mapped[str] = mapped_column(String(40))
    record: Mapped[bool]
    service_level_seconds: Mapped[int]
    short_abandon_seconds: Mapped[int]
    on_full: Mapped[str] = mapped_column(String(60))
    on_timeout: Mapped[str] = mapped_column(String(60))
    on_no_agents: Mapped[str] = mapped_column(String(60))
    auto_pause: Mapped[bool]
    dispositions: Mapped[list[str]] = mapped_column(JSON)


class SiteQueueKeyRow(Base):
    __tablename__ = "site_queue_keys"

    owner: Mapped[str] = mapped_column(
        ForeignKey("site_queues.name", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digit: Mapped[str] = mapped_column(String(1))
    destination: Mapped[str] = mapped_column(String(60))
