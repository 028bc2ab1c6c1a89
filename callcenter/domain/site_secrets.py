"""Secrets of a site: which fields they are, how they are left out, kept and made.

In a site file a secret may read `keep`: the present one stays. Where there is none (or the file
leaves out a phone's secret, an agent's PIN or a mailbox's PIN) one is made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcenter.domain import site as parts
from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, key_of

KEEP = "keep"
PIN_DIGITS = 6
SECRET_LETTERS = 24
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike

Choose = Callable[[str], str]  # one letter of a text, by chance; secrets.choice in production


@dataclass(frozen=True)
class SecretField:
    name: str
    is_pin: bool = False
    made_when_empty: bool = True
    made_at_all: bool = True  # a provider's password cannot be made by us


SECRETS: dict[type[Any], SecretField] = {
    parts.Phone: SecretField("secret"),
    parts.Agent: SecretField("pin", is_pin=True),
    parts.Trunk: SecretField("secret", made_when_empty=False, made_at_all=False),
    parts.Voicemail: SecretField("pin", is_pin=True),
}
MAILBOX_PIN = SecretField("voicemail_pin", is_pin=True, made_when_empty=False)


def secret_fields(record_type: type[Any]) -> tuple[SecretField, ...]:
    mailbox = (MAILBOX_PIN,) if record_type is parts.Phone else ()
    return (*((SECRETS[record_type],) if record_type in SECRETS else ()), *mailbox)


def withheld(site: Site) -> Site:
    """The site with every secret replaced by `keep`."""
    return _each_record(site, _withhold)


def settled(site: Site, present: Site, choose: Choose) -> Site:
    """The site with every `keep` and every missing secret filled in, from `present` or made."""
    old = {
        (type(record), key_of(record)): record
        for collection in COLLECTIONS
        for record in getattr(present, collection)
    }
    return _each_record(site, lambda record: _settle(record, old, choose))


def make_pin(choose: Choose) -> str:
    while True:
        pin = "".join(choose("0123456789") for _ in range(PIN_DIGITS))
        if len(set(pin)) > 2 and pin not in "01234567890" and pin not in "09876543210":
            return pin


def make_secret(choose: Choose) -> str:
    return "".join(choose(_ALPHABET) for _ in range(SECRET_LETTERS))


def _each_record(site: Site, change: Callable[[Any], Any]) -> Site:
    held: dict[str, Any] = {
        name: tuple(change(record) for record in getattr(site, name)) for name in _HOLDERS
    }
    return dataclasses.replace(site, **held)


_HOLDERS = tuple(name for name, kind in COLLECTIONS.items() if kind in SECRETS)


def _withhold(record: Any) -> Any:
    found = {
        secret.name: KEEP for secret in secret_fields(type(record)) if getattr(record, secret.name)
    }
    return dataclasses.replace(record, **found)


def _settle(record: Any, old: dict[tuple[type[Any], str], Any], choose: Choose) -> Any:
    before = old.get((type(record), key_of(record)))
    filled = {
        secret.name: _secret(getattr(record, secret.name), secret, before, choose)
        for secret in secret_fields(type(record))
    }
    return dataclasses.replace(record, **filled)


def _secret(given: str, secret: SecretField, before: Any, choose: Choose) -> str:
    if given not in ("", KEEP) or (given == "" and not secret.made_when_empty):
        return given
    kept: str = getattr(before, secret.name) if before else ""
    if kept:
        return kept
    if not secret.made_at_all:
        return ""
    return make_pin(choose) if secret.is_pin else make_secret(choose)
