"""Filters every value passes on its way into a configuration file.

Each names what may stand in one kind of place and raises `UnsafeText` for anything else, so that
no value can end its line, start a comment, or be expanded by the dialplan.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from callcenter.domain.destination import HANG_UP, parse_destination
from callcenter.domain.errors import InvalidInput


class UnsafeText(InvalidInput):
    code = "unsafe_text"


# place → (what the whole value must match, what that is called)
_PLACES: dict[str, tuple[str, str]] = {
    "slug": (r"[a-z][a-z0-9-]{0,39}", "a short name (a-z, 0-9, -)"),
    "digits": (r"[0-9]{1,20}", "digits"),
    "did": (r"\+?[0-9]{2,15}", "a phone number"),
    "did_or_nothing": (r"\+?[0-9]{0,15}", "a phone number or nothing"),
    "word": (r"[A-Za-z0-9_.@+-]{1,64}", "one word (letters, digits, _ . @ + -)"),
    "seconds": (r"[0-9]{1,9}", "a whole number"),
    "port": (r"[0-9]{1,5}", "a port"),
    "host": (r"[A-Za-z0-9.:\[\]-]{1,253}", "a host name or address"),
    "network": (r"[A-Za-z0-9.:/-]{1,253}", "an address or network"),
    "timezone": (r"[A-Za-z0-9_+/-]{1,64}", "a time zone name"),
    "secret": (r"[A-Za-z0-9_.~!@%^*()+=:/?-]{1,128}", "letters, digits and _.~!@%^*()+=:/?-"),
    "address": (r"([A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+)?", "an e-mail address or nothing"),
    "script": (r"[a-z][a-z0-9_]*\.py", "the name of a script (a-z, 0-9, _)"),
    "pattern": (r"[0-9XZN*#+.!\[\]-]{1,40}", "a dial pattern without the underscore"),
    "menu_digit": (r"[0-9*#]", "one of 0-9 * #"),
    "path": (r"/[A-Za-z0-9_./-]{1,255}", "an absolute path of plain characters"),
}  # fmt: skip

# Characters that end, comment out or expand: never in free text, whatever people call things.
_UNSAFE_IN_LABEL = re.compile(r"[^\w .'’!?/+-]")
LABEL_LENGTH = 60


def _checker(place: str) -> Callable[[object], str]:
    pattern, wanted = _PLACES[place]
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        text = str(value)
        if not compiled.fullmatch(text):
            raise UnsafeText(f"{text!r} cannot stand in Asterisk's configuration; use {wanted}")
        return text

    return check


def label(value: object) -> str:
    """A name people chose, for places where it is only shown: what is unsafe becomes a space."""
    return " ".join(_UNSAFE_IN_LABEL.sub(" ", str(value)).split())[:LABEL_LENGTH]


def display_name(value: object) -> str:
    """`Anna Rossi` → `"Anna Rossi"`, for caller ids."""
    return f'"{label(value)}"'


def goto(destination: str) -> str:
    """`queue:support` → `Goto(cc-queue,support,1)`. Raises InvalidInput, UnsafeText."""
    if destination == HANG_UP:
        return "Hangup()"
    where = parse_destination(destination)
    name = where.name if where.name.isdigit() else CHECKS["slug"](where.name)
    return f"Goto(cc-{where.kind},{CHECKS['digits'](name) if name.isdigit() else name},1)"


CHECKS: dict[str, Callable[[object], str]] = {place: _checker(place) for place in _PLACES}
