"""`python -m tests.bench.reports [--calls N] [--only sqlite|postgresql]`: reports beside plain SQL.

A generated year of calls, 50 queues, 200 agents, on SQLite and on PostgreSQL. Each report that
reads roll-ups is timed beside plain SQL over the raw rows that gives the same sums, in the same run
and with the same answers (they are compared). Best of three.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.calls import Call, CallTalk, QueueVisit
from callcenter.ledger.rollups import ensure_rolled
from callcenter.reports.asked import Asked
from callcenter.reports.call_list import CallFilter, call_list
from callcenter.reports.table import REPORTS
from tests import postgres

UTC = ZoneInfo("UTC")
YEAR = 1_735_689_600.0  # 2025-01-01 UTC
DAY = 86_400.0
QUEUES, AGENTS = 50, 200
CHUNK = 50_000
ROUNDS = 3
PERIODS = {"month": (YEAR + 151 * DAY, YEAR + 181 * DAY), "year": (YEAR, YEAR + 365 * DAY)}

VISITS = """SELECT {key}, count(*), sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'abandoned' AND wait_seconds <= 5 THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'answered' THEN wait_seconds ELSE 0 END), max(wait_seconds)
  FROM queue_visits WHERE entered_at >= :since AND entered_at < :until GROUP BY 1"""
TALKS = """SELECT {key}, count(*), sum(talk_seconds), sum(hold_seconds)
  FROM call_talks WHERE started_at >= :since AND started_at < :until GROUP BY 1"""
# report → plain statements; the first one's second column sums to what the report's rows sum to
RAW = {
    "queue": (VISITS.format(key="queue"), TALKS.format(key="queue")),
    "interval": (
        VISITS.format(key="floor(entered_at / 86400)"),
        TALKS.format(key="floor(started_at / 86400)"),
    ),
    "service-level": (
        VISITS.format(key="queue || floor(entered_at / 86400)"),
        TALKS.format(key="queue || floor(started_at / 86400)"),
    ),
    "heat-map": (VISITS.format(key="CAST(floor(entered_at / 3600) AS integer) % 168"),),
    "agent": (TALKS.format(key="agent"),),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    arguments = parser.parse_args()
    found: dict[str, Any] = {"calls": arguments.calls, "queues": QUEUES, "agents": AGENTS}
    for kind, url in _databases(arguments.only):
        found[kind] = _measure(url, arguments.calls)
    print(json.dumps(found, indent=2))
    return 0


def _databases(only: str | None) -> Iterator[tuple[str, str]]:
    if only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            yield "sqlite", f"sqlite:///{Path(folder) / 'bench.sqlite'}"
    if only != "sqlite":
        with postgres.cluster() as cluster, postgres.database(cluster) as url:
            yield "postgresql", url


def _measure(url: str, calls: int) -> dict[str, Any]:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    found: dict[str, Any] = {"fill_seconds": _timed(lambda: _fill(engine, calls))}
    with sessions(engine).begin() as session:
        found["roll_up_all_seconds"] = _timed(lambda: ensure_rolled(session))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    with sessions(engine).begin() as session:
        for name, (since, until) in PERIODS.items():
            found[name] = {each: _beside(session, each, since, until) for each in RAW}
        found["call_list_seconds"] = _pages(session)
    engine.dispose()
    return found


def _beside(session: Session, name: str, since: float, until: float) -> dict[str, float]:
    asked = Asked(since, until, UTC, now=until)
    rows = REPORTS[name].run(session, asked)
    bound = {"since": since, "until": until}
    plain = [session.execute(text(each), bound).all() for each in RAW[name]]
    counted = sum(row.counts.talks if name == "agent" else row.counts.offered for row in rows)
    assert counted == sum(row[1] for row in plain[0]), name
    ours = min(_timed(lambda: REPORTS[name].run(session, asked)) for _ in range(ROUNDS))
    raw = min(
        _timed(lambda: [session.execute(text(each), bound).all() for each in RAW[name]])
        for _ in range(ROUNDS)
    )
    print(name, ours, raw, file=sys.stderr)
    return {"seconds": ours, "raw_seconds": raw, "raw_over_ours": round(raw / ours, 1)}


def _pages(session: Session) -> dict[str, float]:
    """First, middle and last page of all calls, and of a queue's."""
    pages = call_list(session, CallFilter(), page_size=50).pages
    asked = {
        "first": (CallFilter(), 1),
        "middle": (CallFilter(), pages // 2),
        "last": (CallFilter(), pages),
        "of_a_queue": (CallFilter(queue="q07"), 1),
    }
    return {
        name: _timed(lambda c=chosen, n=page: call_list(session, c, page=n))  # type: ignore[misc]
        for name, (chosen, page) in asked.items()
    }


def _fill(engine: Engine, calls: int) -> None:
    chance = random.Random(1)
    for begin in range(0, calls, CHUNK):
        books = [_call(number, chance) for number in range(begin, min(begin + CHUNK, calls))]
        tables = zip((Call, QueueVisit, CallTalk), zip(*books, strict=True), strict=True)
        for table, rows in tables:
            _insert(engine, table, [row for row in rows if row])
        print("filled", begin + len(books), file=sys.stderr)


def _insert(engine: Engine, table: Any, rows: list[dict[str, Any]]) -> None:
    if engine.dialect.name == "sqlite":
        with sessions(engine).begin() as session:
            session.execute(insert(table), rows)
        return
    out = io.StringIO()
    for row in rows:
        out.write("\t".join("\\N" if v is None else str(v) for v in row.values()) + "\n")
    out.seek(0)
    connection = engine.raw_connection()
    names = ", ".join(rows[0])
    cursor: Any = connection.cursor()
    cursor.copy_expert(f"COPY {table.__tablename__} ({names}) FROM STDIN", out)
    connection.commit()
    connection.close()


def _call(number: int, chance: random.Random) -> tuple[Any, Any, Any]:
    at = YEAR + chance.randrange(365) * DAY + chance.triangular(7, 20, 10) * 3600
    queue, agent = f"q{chance.randrange(QUEUES):02}", str(1000 + chance.randrange(AGENTS))
    wait, talk = round(chance.expovariate(1 / 18), 6), round(chance.expovariate(1 / 200), 6)
    answered = chance.random() < 0.9
    key = {"node": "pbx1", "call_id": f"pbx1-{int(at)}.{number}", "number": 1}
    outcome, left = "answered" if answered else "abandoned", at + wait
    call = {
        "node": "pbx1", "id": key["call_id"], "direction": "inbound",
        "caller_number": f"0151{chance.randrange(10**6)}", "caller_name": "", "dialed": "5000",
        "trunk": "carrier", "started_at": at, "answered_at": left if answered else None,
        "ended_at": left + talk, "outcome": outcome, "ended_by": "caller", "queue": queue,
        "agent": agent if answered else "", "wait_seconds": wait,
        "talk_seconds": talk if answered else 0.0, "hold_seconds": 0.0, "recording": "",
    }  # fmt: skip
    visit = {**key, "queue": queue, "entered_at": at, "left_at": left, "outcome": outcome,
             "agent": agent if answered else "", "wait_seconds": wait}  # fmt: skip
    talked = {**key, "queue": queue, "agent": agent, "phone": "201", "started_at": left,
              "ended_at": left + talk, "talk_seconds": talk, "hold_seconds": 0.0}  # fmt: skip
    return call, visit, talked if answered else None


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 4)


if __name__ == "__main__":
    sys.exit(main())
