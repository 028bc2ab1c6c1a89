"""Checks of one value: each returns what is wrong with it, or None.

They are allow-lists: what they pass can be written into an Asterisk configuration line as it is.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

Check = Callable[[Any], str | None]

# 8 kHz only: Asterisk spoils stereo recordings of wider bands (asterisk/asterisk#1779).
CODECS = ("ulaw", "alaw", "gsm")
DIGITS = "0123456789*#"
MAX_NAME_LETTERS = 80
MAX_SPOKEN_LETTERS = 4000
WIDEST_NETWORK = {4: 16, 6: 32}  # prefix bits; wider would let strangers pose as the trunk
_UNSAFE_IN_NAMES = ';,"\\<>[]{}$|`'
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PATTERN_UNIT = re.compile(r"\[[0-9](?:-?[0-9])*\]|[0-9XZN+]")


def shaped(expression: str, message: str) -> Check:
    pattern = re.compile(expression)

    def check(value: Any) -> str | None:
        return None if pattern.fullmatch(value) else message

    return check


def optional(check: Check) -> Check:
    return lambda value: check(value) if value else None


def between(low: int, high: int) -> Check:
    def check(value: Any) -> str | None:
        if low <= value <= high:
            return None
        return f"must be between {low} and {high}, is {value}"

    return check


def one_of(*known: str) -> Check:
    def check(value: Any) -> str | None:
        return None if value in known else f"must be one of {', '.join(known)}"

    return check


slug = shaped(
    r"[a-z][a-z0-9-]{0,39}",
    "must start with a small letter, then small letters, digits and hyphens, 40 at most",
)
extension = shaped(r"[0-9]{2,6}", "must be 2 to 6 digits")
agent_number = shaped(r"[0-9]{3,6}", "must be 3 to 6 digits")
did = shaped(r"\+?[0-9]{3,15}", "must be 3 to 15 digits, with or without a leading +")
caller_number = shaped(r"\+?[0-9]{2,15}", "must be 2 to 15 digits, with or without a leading +")
username = shaped(
    r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}",
    "must start with a letter or digit, then letters, digits and . _ @ -, 64 at most",
)
email = shaped(
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "is not an e-mail address"
)
script = shaped(r"[a-z0-9_-]{1,60}\.py", "must be a plain file name such as order_status.py")
result_word = shaped(r"[a-z0-9_-]{1,40}", "a result word has small letters, digits, _ and -")
language = shaped(r"[a-z]{2,3}([_-][A-Za-z]{2})?", "must be a language code such as en or en_GB")
sip_username = shaped(r"[A-Za-z0-9._+@-]{1,64}", "may have letters, digits and . _ + @ -")
phone_secret = shaped(
    r"[A-Za-z0-9._~+=@!:*-]{10,64}",
    "must be 10 to 64 letters, digits and . _ ~ + = @ ! : * -; leave it empty to have one made",
)
trunk_secret = shaped(
    r"[A-Za-z0-9._~+=@!:*#%^&/?()-]{1,80}", "has a character that a SIP file cannot hold"
)
prepend = shaped(r"[0-9+*#]{1,10}", "may have up to 10 of the digits 0-9 + * #")
digit = shaped(r"[0-9*#]", "must be one of 0-9 * #")


def display_name(value: str) -> str | None:
    if not value.strip():
        return "must not be empty"
    return optional_display_name(value)


def optional_display_name(value: str) -> str | None:
    if len(value) > MAX_NAME_LETTERS:
        return f"must be at most {MAX_NAME_LETTERS} letters, is {len(value)}"
    if not value.isprintable():
        return "has a line break or another character that cannot be shown; take it out"
    unsafe = sorted({letter for letter in value if letter in _UNSAFE_IN_NAMES})
    if unsafe:
        return f"may not hold {' '.join(unsafe)}"
    return None


def spoken_text(value: str) -> str | None:
    if len(value) > MAX_SPOKEN_LETTERS:
        return f"must be at most {MAX_SPOKEN_LETTERS} letters, is {len(value)}"
    if not all(letter.isprintable() or letter == "\n" for letter in value):
        return "has a character that cannot be spoken; take it out"
    return None


def pin(value: str) -> str | None:
    if not re.fullmatch(r"[0-9]{4,10}", value):
        return "must be 4 to 10 digits"
    if len(set(value)) == 1 or value in "01234567890" or value in "09876543210":
        return "is the first that anyone would guess; choose another"
    return None


def host(value: str) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        labels = value.split(".")
        named = all(_HOST_LABEL.fullmatch(label) for label in labels)
        # A name that ends in digits is an address with a mistake in it.
        if named and len(value) <= 253 and not labels[-1].isdigit():
            return None
        return "must be an address such as 192.0.2.10 or a host name such as sip.example.org"
    return None


def network(value: str) -> str | None:
    try:
        found = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return f"{value!r} must be an address or a network such as 192.0.2.0/24"
    widest = WIDEST_NETWORK[found.version]
    if found.prefixlen < widest:
        return f"{value} lets too many strangers pose as the trunk; /{widest} is the widest"
    return None


def dial_pattern(value: str) -> str | None:
    """An Asterisk pattern without the underscore. A catch-all is refused: toll fraud."""
    body = value[:-1] if value.endswith(".") else value
    units = _PATTERN_UNIT.findall(body)
    if not units or "".join(units) != body or len(value) > 40:
        return "may hold 0-9 X Z N + and sets such as [2-5], and one dot at the end, e.g. 9NXXXXXX"
    if value.endswith(".") and not (units[0].isdigit() or units[0] == "+"):
        return "would let anything be dialed; start it with the digits it is for, e.g. 9X."
    return None


def timezone(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError):
        return f"there is no time zone {value!r}; write one such as Europe/Rome"
    return None
