"""How often a sign-in may fail before we stop looking: counted per account and per address.

Kept in the database, so a restart of the web process does not forgive anybody.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.users import LoginFailureRow
from callcenter.domain.errors import TooManyTries

WINDOW_SECONDS = 15 * 60
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30  # a whole office may sit behind one address


def require_tries_left(session: Session, account: str, address: str, now: float) -> None:
    """Raises TooManyTries when this account or address failed too often in the window."""
    tries = {
        LoginFailureRow.account == account: TRIES_PER_ACCOUNT,
        LoginFailureRow.address == address: TRIES_PER_ADDRESS,
    }
    for condition, allowed in tries.items():
        recent = select(func.count()).where(condition, LoginFailureRow.at > now - WINDOW_SECONDS)
        if (session.scalar(recent) or 0) >= allowed:
            minutes = WINDOW_SECONDS // 60
            raise TooManyTries(f"too many failed sign-ins; wait {minutes} minutes and try again")


def record_failure(session: Session, account: str, address: str, now: float) -> None:
    """Also forgets what has left the window, so the table stays small."""
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.at <= now - WINDOW_SECONDS))
    session.add(LoginFailureRow(account=account, address=address, at=now))


def claim_try(session: Session, account: str, address: str, now: float) -> None:
    """Counts this try before the password is looked at, so that tries at the same moment count
    too; a success forgives it. Commit at once. Raises TooManyTries.
    """
    require_tries_left(session, account, address, now)
    record_failure(session, account, address, now)


def forgive(session: Session, account: str) -> None:
    """A sign-in succeeded: this account starts afresh (its address does not)."""
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.account == account))
