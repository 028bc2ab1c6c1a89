"""Three weeks of calls and agents' days in a web stack's database, the same every time."""

from __future__ import annotations

import random
from dataclasses import replace

from callcenter.db.engine import open_engine, sessions
from callcenter.ledger.books import Talk, Visit
from callcenter.ledger.facts import QUEUE_LOG
from callcenter.ledger.keep_books import replace_books
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.settings import Settings
from tests.unit.ledger.ledger_books import NODE, feed
from tests.unit.ledger.test_rollups import NO_CALL

DAYS, CALLS_A_DAY = 21, 60


def fill_reports(settings: Settings, newest_midnight: float) -> None:
    """Up to 18:00 UTC of the day that begins at `newest_midnight`."""
    chance = random.Random(7)
    engine = open_engine(settings.database)
    books = []
    for day in range(DAYS):
        for number in range(CALLS_A_DAY):
            at = newest_midnight - day * 86_400 + chance.triangular(7, 18, 10) * 3600
            books.append(_call(f"pbx1-{int(at)}.{number}", at, chance))
    with sessions(engine).begin() as session:
        touched = Touched()
        replace_books(session, NODE, set(), books, touched)
        roll_up(session, touched)
    feed(engine, [(QUEUE_LOG, line) for line in _shift(newest_midnight - 86_400)])
    engine.dispose()


def _call(name: str, at: float, chance: random.Random):  # type: ignore[no-untyped-def]
    queue, agent = chance.choice(("support", "support", "sales")), chance.choice(("1001", "1002"))
    wait = chance.expovariate(1 / 15)
    outcome = chance.choices(("answered", "abandoned", "timeout"), (86, 11, 3))[0]
    visit = Visit(queue, at, at + wait, outcome, "", wait)
    common = replace(
        NO_CALL, id=name, caller_number=f"0151{chance.randrange(400):04}", dialed="5000",
        trunk="carrier", started_at=at, queue=queue, outcome=outcome, ended_by="caller",
        visits=(visit,), wait_seconds=wait, ended_at=at + wait,
    )  # fmt: skip
    if outcome != "answered":
        return common
    talk = Talk(agent, "201", queue, at + wait, at + wait + 180, chance.uniform(5, 400), 3.0)
    return replace(common, talks=(talk,), agent=agent, answered_at=at + wait,
                   talk_seconds=talk.talk_seconds, ended_at=at + wait + 400)  # fmt: skip


def _shift(midnight: float) -> list[str]:
    """Each agent: signed in at 8, lunch at 12, some calls, out at 17."""
    lines = []
    for agent, late in (("1001", 0), ("1002", 1800)):
        start = int(midnight) + 8 * 3600 + late
        lines.append(f"{start}|MANAGER|support|{agent}|ADDMEMBER|")
        for call in range(20):
            at = start + 600 + call * 1500
            lines.append(f"{at}|c{agent}{call}|support|{agent}|CONNECT|5|u{call}|3")
            lines.append(f"{at + 420}|c{agent}{call}|support|{agent}|COMPLETECALLER|5|420|1")
        lines.append(f"{start + 4 * 3600}|MANAGER|support|{agent}|PAUSE|lunch")
        lines.append(f"{start + 4 * 3600 + 1800}|MANAGER|support|{agent}|UNPAUSE|")
        lines.append(f"{start + 9 * 3600}|MANAGER|support|{agent}|REMOVEMEMBER|")
    return lines
