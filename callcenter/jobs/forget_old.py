"""Delete what is older than the site keeps it."""

from __future__ import annotations

import time

from callcenter.db.engine import open_engine, sessions
from callcenter.privacy.retention import forget_old as forget
from callcenter.settings import Settings


def forget_old(settings: Settings) -> str:
    engine = open_engine(settings.database)
    try:
        return f"forgot {forget(sessions(engine), settings, time.time())}"
    finally:
        engine.dispose()
