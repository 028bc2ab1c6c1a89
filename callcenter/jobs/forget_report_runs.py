"""Rows of long reports are kept for a day; they may hold people's numbers."""

from __future__ import annotations

import time

from callcenter.db.engine import open_engine, sessions
from callcenter.reports.runs import clear_away
from callcenter.settings import Settings

KEPT_SECONDS = 86_400.0


def forget_report_runs(settings: Settings) -> str:
    engine = open_engine(settings.database)
    try:
        gone = clear_away(sessions(engine), settings.report_runs, time.time(), KEPT_SECONDS)
        return f"deleted {gone}"
    finally:
        engine.dispose()
