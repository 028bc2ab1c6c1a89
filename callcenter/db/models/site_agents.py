"""Agents, the queues they serve, and their teams."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class SiteAgentRow(Base):
    __tablename__ = "site_agents"

    number: Mapped[str] = mapped_column(String(6), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    pin: Mapped[str] = mapped_column(String(10))
    open_line: Mapped[bool]


class SiteAgentQueueRow(Base):
    __tablename__ = "site_agent_queues"

    owner: Mapped[str] = mapped_column(
        ForeignKey("site_agents.number", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    queue: Mapped[str] = mapped_column(String(40))
    penalty: Mapped[int]


class SiteTeamRow(Base):
    __tablename__ = "site_teams"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    agents: Mapped[list[str]] = mapped_column(JSON)
    queues: Mapped[list[str]] = mapped_column(JSON)
