"""Who may sign in on the web, their sessions, and the sign-ins that failed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base


class UserRow(Base):
    """One person. `domain.site.User` is the part that site files and forms may see and set.

    `password_hash` is argon2id; empty means this person cannot sign in yet. `must_change_password`
    holds after somebody else chose the password. `totp_secret` (base32) is empty without a second
    factor; `totp_pending` waits for its first code; `totp_step` is the last one used, so that no
    code works twice.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20), default="agent")
    agent: Mapped[str] = mapped_column(String(20), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    position: Mapped[int] = mapped_column(default=0)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    teams: Mapped[list[str]] = mapped_column(JSON, default=list)
    totp_secret: Mapped[str] = mapped_column(String(64), default="")
    totp_pending: Mapped[str] = mapped_column(String(64), default="")
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCodeRow(Base):
    """One code that stands in for the second factor, once. Only its hash is kept."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class WebSessionRow(Base):
    """A browser that is signed in. Only the SHA-256 of its secret is kept."""

    __tablename__ = "web_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float]
    seen_at: Mapped[float]
    address: Mapped[str] = mapped_column(String(64), default="")


class LoginFailureRow(Base):
    """One refused sign-in; the throttle counts them per account and per address."""

    __tablename__ = "login_failures"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[float]
