"""A first password for people who came with a site file or a form."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.accounts.passwords import generate_password
from callcenter.accounts.users import set_password
from callcenter.db.models.users import UserRow


def give_first_passwords(session: Session) -> dict[str, str]:
    """User name → password, for each who has none; to be changed at the first sign-in."""
    session.flush()
    names = session.scalars(select(UserRow.username).where(UserRow.password_hash == "")).all()
    passwords = {name: generate_password() for name in names}
    for name, password in passwords.items():
        set_password(session, name, password, must_change=True)
    return passwords
