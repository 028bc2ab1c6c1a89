"""Campaigns and the lead lists they dial. What is asked of a campaign in SQL has a column; the
whole of its settings is one JSON value, read and written by `db/campaign_store.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class CampaignRow(Base):
    __tablename__ = "campaigns"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    mode: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    queue: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int]
    version: Mapped[int]  # rises with each save
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # the rest of `Campaign`
    made_at: Mapped[float]
    changed_at: Mapped[float]


class LeadListRow(Base):
    __tablename__ = "lead_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)  # slug
    title: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2))  # of numbers written without a country code
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[float]


class CampaignListRow(Base):
    __tablename__ = "campaign_lists"

    campaign: Mapped[str] = mapped_column(
        ForeignKey("campaigns.name", ondelete="CASCADE"), primary_key=True
    )
    list_id: Mapped[int] = mapped_column(ForeignKey("lead_lists.id"), primary_key=True, index=True)
    position: Mapped[int]
    weight: Mapped[int]
