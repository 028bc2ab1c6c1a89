"""Databases that several of these tests begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from callcenter.db.engine import sessions
from tests.unit.dialer.books import books
from tests.unit.simulation.dialed_day import campaign_row


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """With one campaign, `spring`, and nothing dialed."""
    with books(database_url) as engine, sessions(engine)() as opened:
        opened.add(campaign_row())
        opened.flush()
        yield opened
        opened.rollback()
