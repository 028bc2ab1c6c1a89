"""Accounts: finding, creating, giving a password, signing in."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.accounts.passwords import hash_password, password_matches
from callcenter.accounts.throttle import forgive
from callcenter.db.models.users import UserRow, WebSessionRow
from callcenter.domain.display import display_text
from callcenter.domain.errors import Conflict, InvalidInput, NotFound, NotSignedIn

ROLES = ("agent", "supervisor", "admin")  # each may do what the ones before it may
LONGEST_USERNAME = 80


def find_user(session: Session, username: str) -> UserRow | None:
    return session.scalar(select(UserRow).where(UserRow.username == username))


def add_user(
    session: Session,
    username: str,
    role: str,
    password: str,
    *,
    name: str = "",
    agent: str = "",
    phone: str = "",
) -> UserRow:
    """A new person with a password somebody else chose. Raises InvalidInput, Conflict."""
    if not username or len(username) > LONGEST_USERNAME or not username.isprintable():
        raise InvalidInput(f"a user name has 1 to {LONGEST_USERNAME} printable characters")
    if role not in ROLES:
        raise InvalidInput(f"{role!r} is not a role; choose one of {', '.join(ROLES)}")
    if find_user(session, username) is not None:
        raise Conflict(f"the user {username!r} exists already; choose another name")
    last = session.scalar(select(func.max(UserRow.position)))
    user = UserRow(
        username=username,
        name=name or username,
        role=role,
        agent=agent,
        phone=phone,
        position=0 if last is None else last + 1,
        password_hash=hash_password(password),
        active=True,
        must_change_password=False,
    )
    session.add(user)
    session.flush()
    return user


def set_password(
    session: Session, username: str, password: str, *, must_change: bool = False
) -> None:
    """Also ends every session of that person. Raises NotFound, InvalidInput."""
    user = find_user(session, username)
    if user is None:
        raise NotFound(f"there is no user {username!r}; `callcenter user add` makes one")
    user.password_hash = hash_password(password)
    user.must_change_password = must_change
    session.execute(delete(WebSessionRow).where(WebSessionRow.user_id == user.id))
    forgive(session, username)


def check_password(session: Session, username: str, password: str) -> UserRow:
    """The user behind these credentials; `throttle.claim_try` comes first.

    Raises NotSignedIn with one message for an unknown user, a wrong password and a closed account.
    """
    account = account_of(username)
    user = find_user(session, account)
    matches = password_matches(user.password_hash if user else "", password)
    if user is None or not matches or not user.active:
        raise NotSignedIn("user name or password is wrong; check both and try again")
    forgive(session, account)
    return user


def account_of(username: str) -> str:
    """What was typed, as the throttle counts it and the audit log keeps it."""
    return display_text(username)[:LONGEST_USERNAME]
