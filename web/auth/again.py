"""The password once more, before what cannot be undone: a session left open is not enough."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callcenter.accounts.users import check_password
from callcenter.domain.errors import InvalidInput, NotSignedIn
from web.access import current_user
from web.auth.tries import try_claimed


def claim_password_try() -> None:
    """Before the transaction: a try counts whatever comes after it. Raises TooManyTries."""
    try_claimed(current_user().username)


def check_own_password(database: Session, password: str) -> None:
    """Raises InvalidInput."""
    try:
        check_password(database, current_user().username, password)
    except NotSignedIn:
        raise InvalidInput("that is not your password; type it again") from None
