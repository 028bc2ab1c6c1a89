"""Tokens for other programs: do-not-call entries and consents, nothing else."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.accounts.web_sessions import token_hash
from callcenter.db.models.api_tokens import ApiTokenRow
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.site_rules.patterns import slug

PREFIX = "cc_"  # so that scanners of leaked secrets can know one
_USED_EVERY_SECONDS = 60


def make_token(session: Session, name: str, now: float) -> str:
    """The secret, which is kept nowhere. Raises InvalidInput, Conflict."""
    if wrong := slug(name):
        raise InvalidInput(f"the name {wrong}")
    if session.get(ApiTokenRow, name) is not None:
        raise Conflict(f"there is a token {name} already; take it back first, or choose a name")
    secret = PREFIX + secrets.token_urlsafe(32)
    session.add(ApiTokenRow(name=name, token_hash=token_hash(secret), made_at=now, used_at=None))
    return secret


def find_token(session: Session, secret: str, now: float) -> str | None:
    """Whose it is; None: nobody's."""
    row = session.scalar(select(ApiTokenRow).where(ApiTokenRow.token_hash == token_hash(secret)))
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > _USED_EVERY_SECONDS:
        row.used_at = now
    return row.name


def drop_token(session: Session, name: str) -> None:
    row = session.get(ApiTokenRow, name)
    if row is None:
        raise NotFound(f"there is no token {name}")
    session.delete(row)
