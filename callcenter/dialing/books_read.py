"""How far the ledger has read what Asterisk wrote: what became of calls is known until then.

Abandoned calls and opt-outs are settled from the ledger alone, so while it does not read, the state
of the rules cannot be read either, and nothing is dialed.
"""

from __future__ import annotations

import time

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.ledger import LedgerFact
from callcenter.ledger.facts import CEL
from callcenter.ledger.process import FILES
from callcenter.ledger.spool import spool
from callcenter.settings import Settings

BEHIND_SECONDS = 90.0
AHEAD_SECONDS = 5.0


class BooksRead:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._until = 0.0

    def look(self, sessions: sessionmaker[Session]) -> float:
        """Until when everything was read, epoch seconds; 0: nothing yet.

        A ledger that is never idle says by its newest fact how far it is: facts come in order.
        """
        caught_up_at = spool(self._settings, FILES).caught_up_at or 0.0
        row = LedgerFact
        newest = select(row.at).where(row.node == self._settings.node, row.source == CEL)
        with sessions() as session:
            told_at = session.scalar(newest.order_by(row.id.desc()).limit(1))
        # A clock that was set back leaves instants that are still to come: they prove nothing.
        latest = time.time() + AHEAD_SECONDS
        self._until = max(each for each in (0.0, caught_up_at, told_at or 0.0) if each <= latest)
        return self._until

    def why_behind(self) -> str:
        """Empty: what became of calls is known."""
        if time.time() - self._until <= BEHIND_SECONDS:
            return ""
        return "the ledger does not read: what became of calls is not known"
