"""Counting tries of this request, and where to go after one that was right."""

from __future__ import annotations

import threading

from flask import request, url_for

from callcenter.accounts.throttle import claim_try
from web.services import services

_ONE_AT_A_TIME = threading.Lock()  # counting tries and claiming one; the web is one process


def try_claimed(account: str) -> None:
    """Raises TooManyTries; that is not audited, or anybody could fill the disk with refusals."""
    now, address = services().clock(), request.remote_addr or ""
    with _ONE_AT_A_TIME, services().sessions.begin() as database:
        claim_try(database, account, address, now)


def inside(address: str) -> str:
    """Only a path on this site: never a door to somebody else's."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return url_for("home.index")
