"""The port to the telephone system: what the controller needs of Asterisk, and no more.

`AmiTelephony` (connection.py) is the real one; tests may give another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.domain.events import Event
from callcenter.pbx.actions import Headers

OnEvent = Callable[[Event], None]
OnLink = Callable[[], None]
Answer = dict[str, str]


@dataclass(frozen=True)
class Pbx:
    """What is known of the telephone system itself. `since`: the link is up, or down, since."""

    connected: bool
    since: float
    version: str = ""


class Telephony(Protocol):
    """A command is sent at most once: never again after a reconnect, never after its deadline."""

    async def ask(self, headers: Headers, seconds: float) -> Answer:
        """One action, its response. Raises Unavailable (no link), TooLate, Conflict (refused;
        the message is Asterisk's)."""

    async def ask_list(self, headers: Headers, seconds: float) -> Sequence[Answer]:
        """An action answered by a list of events: those, without the start and the end."""

    async def originate(self, headers: Headers, seconds: float) -> Answer:
        """An Originate with Async: its OriginateResponse, after the far end answered or not."""
