"""Passwords: argon2id hashes, and what we accept as a new password."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from callcenter.domain.errors import InvalidInput, Unavailable

SHORTEST = 10
LONGEST = 200  # argon2 takes any length; this bounds the work one request can ask for
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without l 1 i 0 o, to be read off a screen

# RFC 9106's second recommended option, scaled for a machine that also carries calls.
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
# Verified against when the account does not exist, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_hex(16))
# Each takes 32 MB and a core: a flood of sign-ins may not take what calls need.
_AT_ONCE = threading.BoundedSemaphore(2)
WAIT_SECONDS = 5.0


def hash_password(password: str) -> str:
    """argon2id hash of a password people chose. Raises InvalidInput when it is too short."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"a password has at least {SHORTEST} characters; choose a longer one")
    if len(password) > LONGEST:
        raise InvalidInput(f"a password has at most {LONGEST} characters; choose a shorter one")
    with _turn():
        return _HASHER.hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Takes the same time whether the account exists (`password_hash` not empty) or not."""
    try:
        with _turn():
            _HASHER.verify(password_hash or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few that may hash now. Raises Unavailable when too many wait."""
    if not _AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("too many people sign in at this moment; try again in a minute")
    try:
        yield
    finally:
        _AT_ONCE.release()


def generate_password() -> str:
    """Sixteen characters in groups of four, about 79 bits: `k7mq-…`."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
