"""The secret that erased numbers are hashed with: `HOME/erasure.key`, mode 0600.

Not in the database, so that a copy of that alone lets nobody try out numbers. Keep it with the
backups: without it old files of Asterisk are not read again (ledger/forgotten.py).
"""

from __future__ import annotations

import os
import secrets

from callcenter.settings import Settings

FILE_NAME = "erasure.key"
KEY_BYTES = 32


def erasure_key(settings: Settings) -> bytes:
    """Empty when nothing has been erased on this installation yet."""
    try:
        return bytes.fromhex((settings.home / FILE_NAME).read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return b""


def made_erasure_key(settings: Settings) -> bytes:
    """The key, made now when there is none."""
    path = settings.home / FILE_NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return erasure_key(settings)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
    return erasure_key(settings)
