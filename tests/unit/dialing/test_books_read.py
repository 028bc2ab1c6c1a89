"""While nobody reads what became of calls, nothing is dialed."""

from __future__ import annotations

import time
from pathlib import Path

from callcenter.db.engine import sessions
from callcenter.db.models.ledger import LedgerFact
from callcenter.dialing.books_read import BEHIND_SECONDS, BooksRead
from callcenter.ledger.facts import CEL
from callcenter.ledger.spool import keep_place
from callcenter.settings import Settings
from tests.unit.dialer.books import books


def test_a_ledger_that_stopped_reading_stops_dialing(tmp_path: Path) -> None:
    settings, now = Settings(home=tmp_path), time.time()
    found = BooksRead(settings)
    with books() as engine:
        made = sessions(engine)
        assert (found.look(made), "ledger does not read" in found.why_behind()) == (0.0, True)
        keep_place(settings, {}, now)
        assert (found.look(made), found.why_behind()) == (now, "")
        keep_place(settings, {}, now + 3600)  # the clock was set back, and nobody reads since
        assert (found.look(made), "ledger does not read" in found.why_behind()) == (0.0, True)
        keep_place(settings, {}, now - BEHIND_SECONDS - 1)
        found.look(made)
        assert "ledger does not read" in found.why_behind()


def test_a_ledger_that_is_never_idle_is_not_behind(tmp_path: Path) -> None:
    settings, now = Settings(home=tmp_path), time.time()
    found = BooksRead(settings)
    with books() as engine:
        made = sessions(engine)
        for number, at in enumerate((now - 500, now - 3)):
            with made.begin() as session:
                session.add(
                    LedgerFact(
                        node=settings.node, digest=str(number), source=CEL, at=at, event="X",
                        uniqueid="", call_id="", agent="", fields={},
                    )
                )  # fmt: skip
        assert (found.look(made), found.why_behind()) == (now - 3, "")
