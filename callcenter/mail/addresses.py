"""What is taken for an e-mail address: one plain mailbox, nothing that could be a second header."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcenter.domain.errors import InvalidInput

LONGEST = 254
MOST = 50
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def is_address(text: str) -> bool:
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def read_addresses(text: str) -> list[str]:
    """Separated by commas, semicolons, blanks or lines; each once. Raises InvalidInput."""
    found = list(dict.fromkeys(re.split(r"[,;\s]+", text.strip())))
    found = [each for each in found if each]
    if not found:
        raise InvalidInput("say to whom: at least one e-mail address")
    if len(found) > MOST:
        raise InvalidInput(f"at most {MOST} addresses; use a distribution list of your mail server")
    refuse_odd(found)
    return found


def refuse_odd(addresses: Iterable[str]) -> None:
    for each in addresses:
        if not is_address(each):
            raise InvalidInput(f"{each[:80]!r} is no e-mail address; write name@company.example")
