"""Reckon the newest roll-ups anew from the raw rows; mend and log what was not as kept."""

from __future__ import annotations

from callcenter.db.engine import open_engine, sessions
from callcenter.ledger.rollups.prove import prove
from callcenter.settings import Settings

NEWEST_DAYS = 35  # what late lines can still touch; `callcenter ledger prove` does all


def prove_rollups(settings: Settings) -> str:
    engine = open_engine(settings.database)
    try:
        compared, wrong = prove(sessions(engine), NEWEST_DAYS)
        return f"compared {compared}, mended {len(wrong)}"
    finally:
        engine.dispose()
