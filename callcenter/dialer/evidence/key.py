"""The installation's Ed25519 key: made once, kept beside the settings, mode 0600."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import logging
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from callcenter.domain.errors import CallcenterError, InvalidInput

log = logging.getLogger(__name__)

FILE_NAME = "evidence-key.pem"
KEY_BYTES = 32


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The installation's key, made at the first call. Raises CallcenterError when it is broken."""
    path = home / FILE_NAME
    if not path.exists():
        _make(path)
    return _read(path)


def _make(path: Path) -> None:
    """Whole or not at all: a second process may look, and a machine may stop, in between."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            key = Ed25519PrivateKey.generate()
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # the other process's, then
            os.link(draft, path)
            log.info("evidence_key_made", extra={"fingerprint": fingerprint(public_text(key))})
    finally:
        os.unlink(draft)


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise CallcenterError(f"{path} holds no key: {error}. Put it back from a backup.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise CallcenterError(f"{path} is not an Ed25519 key. Put it back from a backup.")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """What stands in each pack: base64 of the 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(key: Ed25519PrivateKey, head: str) -> str:
    return base64.b64encode(key.sign(head.encode())).decode()


def fits(public: str, head: str, signature: str) -> bool:
    """Whether `signature` is this key's over `head`."""
    try:
        Ed25519PublicKey.from_public_bytes(read_public(public)).verify(
            base64.b64decode(signature, validate=True), head.encode()
        )
    except (InvalidSignature, InvalidInput, binascii.Error, ValueError):
        return False
    return True


def read_public(text: str) -> bytes:
    """Raises InvalidInput."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise InvalidInput("that is no public key: it is 44 characters, printed by `evidence key`")
    return raw


def fingerprint(public: str) -> str:
    """Short enough to be read out on the phone: eight groups of four."""
    digest = hashlib.sha256(read_public(public)).hexdigest()[:32]
    return " ".join(digest[place : place + 4] for place in range(0, 32, 4))
