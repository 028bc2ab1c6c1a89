"""The installation's Ed25519 key: made once, kept beside the settings, mode 0600."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
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

FILE_NAME = "evidence-key.pem"
KEY_BYTES = 32


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The installation's key, made at the first call. Raises CallcenterError when it is broken."""
    path = home / FILE_NAME
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read(path)
    key = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


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
