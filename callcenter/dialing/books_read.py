"""How far the ledger has read what Asterisk wrote: what became of calls is known until then.

Abandoned calls and opt-outs are settled from the ledger alone, so while it does not read, the state
of the rules cannot be read either, and nothing is dialed.
"""

from __future__ import annotations

import time

from callcenter.ledger.process import FILES
from callcenter.ledger.spool import spool
from callcenter.settings import Settings

BEHIND_SECONDS = 90.0  # a busy ledger says so every some seconds


class BooksRead:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._until = 0.0

    def look(self) -> float:
        """When everything had been read, epoch seconds; 0: never yet."""
        self._until = spool(self._settings, FILES).caught_up_at or 0.0
        return self._until

    def why_behind(self) -> str:
        """Empty: what became of calls is known."""
        if time.time() - self._until <= BEHIND_SECONDS:
            return ""
        return "the ledger does not read: what became of calls is not known"
