"""Failed sign-ins are counted per address too, and forgotten with the window."""

from __future__ import annotations

import pytest

from callcenter.accounts.throttle import (
    TRIES_PER_ADDRESS,
    WINDOW_SECONDS,
    record_failure,
    require_tries_left,
)
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.domain.errors import TooManyTries


def test_one_address_trying_many_accounts_is_stopped(database_url: str) -> None:
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        for count in range(TRIES_PER_ADDRESS):
            require_tries_left(session, f"user{count}", "192.0.2.1", 1000.0)
            record_failure(session, f"user{count}", "192.0.2.1", 1000.0)
            session.flush()
        with pytest.raises(TooManyTries, match="15 minutes"):
            require_tries_left(session, "another", "192.0.2.1", 1001.0)
        require_tries_left(session, "another", "192.0.2.2", 1001.0)
        require_tries_left(session, "another", "192.0.2.1", 1001.0 + WINDOW_SECONDS)
    engine.dispose()
