"""Who is signed in: one row a browser, found by the hash of the secret in its cookie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from callcenter.accounts.second_factor import must_have
from callcenter.db.models.users import UserRow, WebSessionRow

IDLE_SECONDS = 12 * 3600  # a wallboard renews itself; a forgotten browser does not
LONGEST_SECONDS = 7 * 24 * 3600
_SEEN_EVERY_SECONDS = 60  # how often `seen_at` is written, to spare a write per request


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, as pages and audit need them."""

    id: int
    username: str
    name: str
    role: str
    agent: str
    phone: str
    must_change_password: bool
    must_set_up_second_factor: bool = False


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_web_session(session: Session, user: UserRow, token: str, address: str, now: float) -> None:
    """Also clears away the sessions that have run out."""
    over = or_(
        WebSessionRow.seen_at < now - IDLE_SECONDS, WebSessionRow.created_at < now - LONGEST_SECONDS
    )
    session.execute(delete(WebSessionRow).where(over))
    row = WebSessionRow(
        token_hash=token_hash(token), user_id=user.id, created_at=now, seen_at=now, address=address
    )
    session.add(row)


def find_signed_in(session: Session, token: str, now: float) -> SignedIn | None:
    """None when the session is unknown, too old, idle for too long, or its person deactivated."""
    found = session.execute(
        select(WebSessionRow, UserRow)
        .join(UserRow, UserRow.id == WebSessionRow.user_id)
        .where(
            WebSessionRow.token_hash == token_hash(token),
            WebSessionRow.seen_at >= now - IDLE_SECONDS,
            WebSessionRow.created_at >= now - LONGEST_SECONDS,
            UserRow.active,
        )
    ).first()
    if found is None:
        return None
    row, user = found
    if now - row.seen_at > _SEEN_EVERY_SECONDS:
        row.seen_at = now
    return SignedIn(
        user.id,
        user.username,
        user.name,
        user.role,
        user.agent,
        user.phone,
        user.must_change_password,
        user.totp_secret == "" and must_have(session, user.role),
    )


def close_other_sessions(session: Session, user_id: int, token: str) -> None:
    """All of this person's but this one."""
    others = (WebSessionRow.user_id == user_id, WebSessionRow.token_hash != token_hash(token))
    session.execute(delete(WebSessionRow).where(*others))


def close_web_session(session: Session, token: str) -> None:
    session.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == token_hash(token)))
