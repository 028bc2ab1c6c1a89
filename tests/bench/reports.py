"""`python -m tests.bench.reports [--calls N] [--only sqlite|postgresql] [--url URL [--filled]]`.

A generated year of calls (year_of_calls.py), 50 queues, 200 agents. Every standard report is timed
over the last whole month and over all of it, beside plain SQL over the raw rows that answers the
same question (plain_reports.py), in the same run; where both count alike their sums are compared.
Reports best of three; plain SQL best of two over the month, once over all. `--url`: a database of
yours, which is left as it is then; a fill or sums that were broken off go on where they were.
`--filled`: with calls and sums of an earlier run. `--periods month`: not over everything.
`--without-raw resolution,…`: whose plain SQL takes too long (of a year of 10 million: minutes).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.calls import Call
from callcenter.db.number_index import make_number_index
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import period_start
from callcenter.ledger.rollups import finish_rebuild
from callcenter.reports.asked import Asked
from callcenter.reports.call_list import END, CallFilter, call_list
from callcenter.reports.table import REPORTS
from tests import postgres
from tests.bench.plain_reports import PLAIN
from tests.bench.year_of_calls import AGENTS, DAY, QUEUES, YEAR, fill

UTC = ZoneInfo("UTC")
ROUNDS = 3
PAGES_DEEP = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--url")
    parser.add_argument("--filled", action="store_true")
    parser.add_argument("--periods", default="month,all")
    parser.add_argument("--without-raw", default="", metavar="REPORTS")
    arguments = parser.parse_args()
    found: dict[str, Any] = {"queues": QUEUES, "agents": AGENTS}
    for kind, url in _databases(arguments):
        found[kind] = _measure(url, arguments)
    print(json.dumps(found, indent=2))
    return 0


def _databases(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    if arguments.url:
        yield arguments.url.partition(":")[0].partition("+")[0], arguments.url
        return
    if arguments.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            yield "sqlite", f"sqlite:///{Path(folder) / 'bench.sqlite'}"
    if arguments.only != "sqlite":
        with postgres.cluster() as cluster, postgres.database(cluster) as url:
            yield "postgresql", url


def _measure(url: str, arguments: argparse.Namespace) -> dict[str, Any]:
    engine, calls = open_engine(url), arguments.calls
    found: dict[str, Any] = {}
    if not arguments.filled:
        found["fill_seconds"] = _timed(lambda: fill(engine, calls))
        found["roll_up_all_seconds"] = _timed(lambda: _roll_up(engine))
        if engine.dialect.name == "postgresql":
            found["number_index_seconds"] = _timed(lambda: make_number_index(engine))
    with sessions(engine).begin() as session:
        count, newest = session.execute(select(func.count(), func.max(Call.started_at))).one()
        found["calls"] = count
        last = YEAR + ((newest - YEAR) // DAY + 1) * DAY
        stretches = {"month": _last_month(last), "all": (YEAR, last)}
        without_raw = arguments.without_raw.split(",")
        for name in arguments.periods.split(","):
            since, until = stretches[name]
            rounds = 2 if name == "month" else 1
            found[name] = {
                each: _beside(session, each, since, until, 0 if each in without_raw else rounds)
                for each in PLAIN
            }
        found |= _beside_nothing(session, last)
        found["call_list_seconds"] = _pages(session, last)
    engine.dispose()
    return found


def _last_month(last: float) -> tuple[float, float]:
    """The last whole one of the calendar."""
    until = period_start(last, "month", UTC)
    return period_start(until - 1, "month", UTC), until


def _beside_nothing(session: Session, last: float) -> dict[str, float]:
    """Seconds of what is asked of other stretches than a month or all."""
    week = Asked(last - 8 * DAY, last - DAY, UTC, now=last)
    thirty = Asked(last - 31 * DAY, last - DAY, UTC, now=last)
    asked = {
        "agent_activity_week_a_page": ("agent-activity", replace(week, after_agent="1100")),
        "agent_activity_week_all_agents": ("agent-activity", week),
        "repeat_callers_week": ("repeat-callers", week),
        "repeat_callers_30_days": ("repeat-callers", thirty),
    }
    found = {}
    for name, (report, question) in asked.items():
        found[name] = _best(lambda: REPORTS[report].run(session, question))  # noqa: B023
        _say(f"{name} {found[name]}")
    return {"seconds": found}


def _roll_up(engine: Engine) -> None:
    began = time.monotonic()
    finish_rebuild(
        sessions(engine), said=lambda left: _say(f"{time.monotonic() - began:.0f} s {left}")
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _beside(
    session: Session, name: str, since: float, until: float, rounds: int
) -> dict[str, float]:
    asked = Asked(since, until, UTC, now=until, by="day")
    plain, bound = PLAIN[name], {"since": since, "until": until}
    rows = REPORTS[name].run(session, asked)

    def answers() -> list[Any]:
        return [session.execute(text(each), bound).all() for each in plain.statements]

    ours = _best(lambda: REPORTS[name].run(session, asked))
    if not rounds:
        _say(f"{name} {ours}")
        return {"seconds": ours}
    if plain.of is not None:
        ours_sum, raw_sum = sum(map(plain.of, rows)), sum(row[1] for row in answers()[0])
        assert abs(ours_sum - float(raw_sum)) < 1e-3, (name, ours_sum, raw_sum)
    raw = min(_timed(answers) for _ in range(rounds))
    _say(f"{name} {ours} {raw}")
    return {"seconds": ours, "raw_seconds": raw, "raw_over_ours": round(raw / ours, 1)}


def _pages(session: Session, last: float) -> dict[str, float]:
    """Slowest of: first, second, some forty deep, last; of the whole list and of filtered ones.
    -1: refused."""
    month = {"since": last - 31 * DAY, "until": last - DAY}
    asked: dict[str, tuple[CallFilter, str]] = {
        "all": (CallFilter(), "started"),
        "all_by_wait": (CallFilter(), "wait"),
        "all_by_caller": (CallFilter(), "caller"),
        "queue": (CallFilter(queue="q07"), "started"),
        "queue_by_talk": (CallFilter(queue="q07"), "talk"),
        "agent": (CallFilter(agent="1028"), "started"),
        "outcome": (CallFilter(outcome="voicemail"), "started"),
        "queue_and_outcome": (CallFilter(queue="q07", outcome="voicemail"), "started"),
        "month": (CallFilter(**month), "started"),
        "month_by_wait": (CallFilter(**month), "wait"),
        "offered_in_a_month": (CallFilter(counted="visits", **month), "started"),
        "abandoned_in_a_month": (
            CallFilter(counted="visits", visit_outcome="abandoned", queue="q07", **month),
            "started",
        ),
        "talks_of_an_agent": (CallFilter(counted="talks", agent="1028", **month), "started"),
        "a_whole_number": (CallFilter(number="01510000000"), "started"),
        "part_of_a_number": (CallFilter(number="1514711"), "started"),
        "no_such_number": (CallFilter(number="99887766"), "started"),
        "queue_by_talk_in_a_month": (CallFilter(queue="q07", **month), "talk"),
        "part_of_a_number_in_three_days": (
            CallFilter(number="1514711", since=last - 3 * DAY, until=last),
            "started",
        ),
    }
    return {name: _page_seconds(session, *each, name) for name, each in asked.items()}


def _page_seconds(session: Session, chosen: CallFilter, sort: str, name: str) -> float:
    seconds, after = [], ""
    for number in range(PAGES_DEEP):
        began = time.perf_counter()
        try:
            page = call_list(session, chosen, sort=sort, after=after, page=number + 1)
        except InvalidInput:
            _say(f"{name} is refused")
            return -1.0
        seconds.append(time.perf_counter() - began)
        after = page.after
        if not after or seconds[-1] > 2:
            break
    seconds.append(_timed(lambda: call_list(session, chosen, sort=sort, before=END)))
    _say(f"{name} {[round(each, 3) for each in (*seconds[:2], *seconds[-2:])]}")
    return round(max(seconds), 4)


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work) for _ in range(ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 4)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
