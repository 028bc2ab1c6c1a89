"""The second factor: codes of RFC 6238 from an app on a phone, and codes for when that is lost.

A code is taken once, and for half a minute before and after its own. Whoever calls counts tries
(accounts/throttle.py) before asking.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from callcenter.accounts.users import find_user
from callcenter.db.models.site import SiteRow
from callcenter.db.models.users import RecoveryCodeRow, UserRow
from callcenter.domain.errors import Conflict, InvalidInput, NotFound

STEP_SECONDS = 30
STEPS_OFF = 1  # clocks differ
RECOVERY_CODES = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = "that code is wrong or was used already; wait for the next one and type it again"


@dataclass(frozen=True)
class Enrolment:
    """`address` is what the app reads from the picture."""

    secret: str
    address: str


def has_second_factor(user: UserRow) -> bool:
    return user.totp_secret != ""


def must_have(session: Session, role: str) -> bool:
    """As the site's setting `second_factor` says."""
    wanted = session.scalar(select(SiteRow.second_factor)) or "optional"
    return wanted == "everybody" or (wanted == "admins" and role == "admin")


def begin_enrolment(session: Session, username: str, issuer: str, mark: str = "") -> Enrolment:
    """A fresh secret, but for the browser that has the mark of the one that waits: a secret that
    somebody else saw, with the password alone, never becomes the factor."""
    user = _user(session, username)
    if has_second_factor(user):
        raise Conflict("you have a second factor already; turn it off first")
    if not user.totp_pending or mark != mark_of(user.totp_pending):
        user.totp_pending = pyotp.random_base32()
    address = pyotp.TOTP(user.totp_pending).provisioning_uri(name=username, issuer_name=issuer)
    return Enrolment(user.totp_pending, address)


def mark_of(secret: str) -> str:
    """By which a browser's cookie knows the secret it was shown, without telling it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def finish_enrolment(session: Session, username: str, code: str, now: float) -> list[str]:
    """Recovery codes, told this once. Raises InvalidInput for a wrong code."""
    user = _user(session, username)
    step = _step_of(user.totp_pending, code, now)
    if has_second_factor(user) or step is None:
        raise InvalidInput(WRONG)
    user.totp_secret, user.totp_pending, user.totp_step = user.totp_pending, "", step
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user.id))
    session.add_all(RecoveryCodeRow(user_id=user.id, code_hash=_hashed(code)) for code in codes)
    session.flush()
    return codes


def accepts(session: Session, user: UserRow, code: str, now: float) -> bool:
    """Takes the code: it works once, also when two try it at the same moment."""
    step = _step_of(user.totp_secret, code, now)
    if step is not None:
        taken = update(UserRow).where(UserRow.id == user.id, UserRow.totp_step < step)
        return _changed(session.execute(taken.values(totp_step=step)))
    spent = delete(RecoveryCodeRow).where(
        RecoveryCodeRow.user_id == user.id, RecoveryCodeRow.code_hash == _hashed(code)
    )
    return _changed(session.execute(spent))


def turn_off(session: Session, username: str) -> None:
    """Raises NotFound."""
    user = _user(session, username)
    user.totp_secret = user.totp_pending = ""
    user.totp_step = 0
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user.id))


def recovery_codes_left(session: Session, username: str) -> int:
    mine = RecoveryCodeRow.user_id == _user(session, username).id
    return session.scalar(select(func.count()).select_from(RecoveryCodeRow).where(mine)) or 0


def _user(session: Session, username: str) -> UserRow:
    user = find_user(session, username)
    if user is None:
        raise NotFound(f"there is no user {username!r}; `callcenter user list` shows who there is")
    return user


def _step_of(secret: str, code: str, now: float) -> int | None:
    """The half minute the code is of; None: it is no code of now."""
    digits = "".join(code.split())
    if not secret or not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    clock, present = pyotp.TOTP(secret), int(now // STEP_SECONDS)
    for step in range(present - STEPS_OFF, present + STEPS_OFF + 1):
        if secrets.compare_digest(clock.generate_otp(step), digits):
            return step
    return None


def _new_code() -> str:
    letters = "".join(secrets.choice(_READABLE) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _hashed(code: str) -> str:
    """Twelve random letters are too many to try, so a plain hash keeps them."""
    return hashlib.sha256("".join(code.lower().replace("-", "").split()).encode()).hexdigest()


def _changed(result: object) -> bool:
    return getattr(result, "rowcount", 0) == 1
