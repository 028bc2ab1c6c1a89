"""Delete web sessions that nobody can use any more."""

from __future__ import annotations

import time

from sqlalchemy import delete

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import WebSessionRow
from callcenter.settings import Settings

# Longer than any session lives; the exact limits are the web's to judge at each request.
KEPT_SECONDS = 30 * 86_400


def forget_sessions(settings: Settings) -> str:
    engine = open_engine(settings.database)
    try:
        with sessions(engine).begin() as session:
            gone = session.execute(
                delete(WebSessionRow).where(WebSessionRow.created_at < time.time() - KEPT_SECONDS)
            )
            return f"deleted {getattr(gone, 'rowcount', 0)}"
    finally:
        engine.dispose()
