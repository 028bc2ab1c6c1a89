"""Secrets that other programs show instead of signing in."""

from __future__ import annotations

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class ApiTokenRow(Base):
    """`token_hash` is SHA-256 of the secret, which is shown once. Taken back: the row goes."""

    __tablename__ = "api_tokens"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[float] = mapped_column(Float(53))
    used_at: Mapped[float | None] = mapped_column(Float(53))  # to the minute
