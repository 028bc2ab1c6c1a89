"""`python -m tests.bench.ledger [--calls N] [--only sqlite|postgresql]`: lines/s into the books.

Recorded calls of a real Asterisk, multiplied with changed ids, times and callers (one call in five
is of somebody who called before), go through the ledger's own path (parse, facts, fold, books,
roll-ups, 4 MB of file a transaction). Beside it, in the same
run, the same lines only stored: COPY into PostgreSQL, a bulk insert into SQLite, one row a line.
6,000 calls are an hour away at 100 calls a minute.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.ingest import ingest
from callcenter.ledger.reader import MOST_BYTES_A_READ, Batch, Position
from callcenter.ledger.rollups import ensure_rolled
from tests import postgres
from tests.replay.recorded_lines import recorded

SITUATIONS = ("answered", "menu", "abandon51", "ringnoanswer", "hold")
HOUR_AWAY_CALLS = 6000
_ID = re.compile(r"(\d{10})\.(\d{1,5})(?!\d)")
_CALLER = "0151123"
_AT = re.compile(r"(\d{10})(\.\d{6}|\|)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    arguments = parser.parse_args()
    lines = many(arguments.calls)
    found: dict[str, Any] = {
        "calls": arguments.calls,
        "lines": sum(len(each) for each in lines.values()),
    }
    for kind, url in _databases(arguments.only):
        found[kind] = _measure(url, lines, arguments.calls)
    print(json.dumps(found, indent=2))
    return 0


def many(calls: int) -> dict[str, list[str]]:
    """Source → lines of that many calls, one begins every 0.6 s."""
    found: dict[str, list[str]] = {QUEUE_LOG: [], CEL: []}
    parts = [recorded(name) for name in SITUATIONS]
    for number in range(calls):
        seconds, caller = number * 6 // 10, f"0151{number % (calls * 4 // 5 or 1):07}"
        for source, line in parts[number % len(parts)]:
            moved = _AT.sub(lambda m: f"{int(m[1]) + seconds}{m[2]}", line)  # noqa: B023
            own = _ID.sub(lambda m: f"{int(m[1]) + seconds}.{int(m[2]) + number * 20}", moved)  # noqa: B023
            found[source].append(own.replace(_CALLER, caller))
    return found


def _databases(only: str | None) -> Iterator[tuple[str, str]]:
    if only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            yield "sqlite", f"sqlite:///{Path(folder) / 'bench.sqlite'}"
    if only != "sqlite":
        with postgres.cluster() as cluster, postgres.database(cluster) as url:
            yield "postgresql", url


def _measure(url: str, lines: dict[str, list[str]], calls: int) -> dict[str, float]:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    everything = [(source, line) for source, some in lines.items() for line in some]
    began = time.perf_counter()
    _store(engine, everything)
    stored = time.perf_counter() - began
    with sessions(engine).begin() as session:
        ensure_rolled(session)  # as the process does once when it starts
    began = time.perf_counter()
    for source, some in lines.items():
        for batch in _batches(some):
            with sessions(engine).begin() as session:
                ingest(session, "pbx1", source, Batch(tuple(batch), Position(), False), 0.0)
            print(source, len(batch), round(time.perf_counter() - began, 1), file=sys.stderr)
    folded = time.perf_counter() - began
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM calls")).scalar_one()
    assert kept == calls, f"{kept} calls in the books instead of {calls}"
    engine.dispose()
    return {
        "lines_per_second": round(len(everything) / folded),
        "stored_only_lines_per_second": round(len(everything) / stored),
        "ratio": round(stored / folded, 4),
        "catch_up_seconds_after_an_hour": round(folded / calls * HOUR_AWAY_CALLS, 1),
    }


def _batches(lines: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line) + 1
        if size >= MOST_BYTES_A_READ:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _store(engine: Engine, rows: list[tuple[str, str]]) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (source TEXT, line TEXT)"))
        if engine.dialect.name == "sqlite":
            bound = [{"source": source, "line": line} for source, line in rows]
            connection.execute(text("INSERT INTO bare VALUES (:source, :line)"), bound)
            return
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        out.seek(0)
        cursor: Any = connection.connection.cursor()
        cursor.copy_expert("COPY bare FROM STDIN WITH CSV", out)


if __name__ == "__main__":
    sys.exit(main())
