"""While nobody reads what became of calls, nothing is dialed."""

from __future__ import annotations

import time
from pathlib import Path

from callcenter.dialing.books_read import BEHIND_SECONDS, BooksRead
from callcenter.ledger.spool import keep_place
from callcenter.settings import Settings


def test_a_ledger_that_stopped_reading_stops_dialing(tmp_path: Path) -> None:
    settings, now = Settings(home=tmp_path), time.time()
    books = BooksRead(settings)
    assert (books.look(), "ledger does not read" in books.why_behind()) == (0.0, True)
    keep_place(settings, {}, now)
    assert (books.look(), books.why_behind()) == (now, "")
    keep_place(settings, {}, now - BEHIND_SECONDS - 1)
    books.look()
    assert "ledger does not read" in books.why_behind()
