"""Recorded calls in a web stack's database, one of them with a recording of two tones."""

from __future__ import annotations

import array
import math
from functools import cache

from callcenter.db.engine import open_engine
from callcenter.ledger.facts import CEL
from callcenter.settings import Settings
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import feed

SITUATIONS = ("answered", "abandon49", "timeout", "attended_twice", "voicemail", "internal", "menu")
RECORDED_SECONDS = 10


def fill_books(settings: Settings) -> str:
    """Returns the id of the call with hold and a recording."""
    engine = open_engine(settings.database)
    for situation in SITUATIONS:
        feed(engine, recorded(situation))
    lines = recorded("hold")
    step = next(line for _, line in lines if "queue|support|" in line)
    call_id = step.split('","')[10]
    name = f"2026/11/23/{call_id}.raw"
    marked = step.replace("queue|support|", f"recording|{name}|")
    feed(engine, [*lines, (CEL, marked)])
    engine.dispose()
    path = settings.recordings / name
    path.parent.mkdir(parents=True)
    path.write_bytes(_tones())
    return call_id


@cache
def _tones() -> bytes:
    """Caller 440 Hz in the first half, agent 880 Hz in the second."""
    samples = array.array("h")
    frames = RECORDED_SECONDS * 8000
    for n in range(frames):
        loud = 14000 * (0.55 + 0.45 * math.sin(n / 3000))
        first = n < frames / 2
        samples.append(int(loud * math.sin(n * math.tau * 440 / 8000)) if first else 0)
        samples.append(0 if first else int(loud * math.sin(n * math.tau * 880 / 8000)))
    return samples.tobytes()
