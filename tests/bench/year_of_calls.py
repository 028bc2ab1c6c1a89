"""A generated year of calls, straight into the books: the same for the same number of calls.

A day is a chunk: its calls in the order they came, as the ledger would have written them. Secondary
indexes are made when all is in.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from itertools import repeat
from typing import Any

import numpy
from sqlalchemy import Engine, Table, select, text

from callcenter.db.engine import open_engine
from callcenter.db.models import Base
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit

YEAR = 1_735_689_600.0  # 2025-01-01 UTC
DAY = 86_400.0
DAYS = 365
QUEUES, AGENTS, AGENTS_A_QUEUE = 50, 200, 20
NUMBERS, FREQUENT = 1_500_000, 20_000
TABLES: tuple[Any, ...] = (Call, QueueVisit, CallTalk, CallLeg, CallEvent, AgentInterval)
LOST = ("abandoned", "abandoned", "abandoned", "abandoned", "timeout", "overflow", "voicemail")
Rows = dict[Any, list[tuple[Any, ...]]]
COLUMNS = {
    Call: "node id direction caller_number caller_name dialed trunk started_at answered_at ended_at"
    " outcome ended_by queue agent wait_seconds talk_seconds hold_seconds recording",
    QueueVisit: "node call_id number queue entered_at left_at outcome agent wait_seconds"
    " caller_known",
    CallTalk: "node call_id number queue agent phone started_at ended_at talk_seconds hold_seconds",
    CallLeg: "node uniqueid call_id channel party role agent started_at answered_at ended_at cause",
    CallEvent: "node call_id number at kind name detail agent",
    AgentInterval: "node agent started_at ended_at state reason signs_in queue call_id",
}


def fill(engine: Engine, calls: int) -> None:
    """Goes on where an earlier one was broken off: days that are there are left as they are."""
    tables: list[Table] = [each.__table__ for each in TABLES]
    Base.metadata.create_all(engine)
    indexes = [index for table in tables for index in table.indexes]
    missing = [day for day in range(DAYS) if not _is_there(engine, day)]
    for index in indexes if missing else ():
        index.drop(engine, checkfirst=True)
    write = _one_by_one if engine.dialect.name == "sqlite" else _side_by_side
    began = time.monotonic()
    for day in write(engine, calls, missing):
        if day % 30 == 29:
            _say(f"{day + 1} of {DAYS} days after {time.monotonic() - began:.0f} s")
    for index in indexes:
        index.create(engine, checkfirst=True)
        _say(f"{index.name} after {time.monotonic() - began:.0f} s")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if write is _one_by_one else "VACUUM ANALYZE"))
    _say(f"filled after {time.monotonic() - began:.0f} s")


def _is_there(engine: Engine, day: int) -> bool:
    """By the ids, which begin with the second; a day is written in one transaction."""
    first, last = (f"pbx1-{YEAR + number * DAY:.0f}" for number in (day, day + 1))
    query = select(Call.id).where(Call.node == "pbx1", Call.id >= first, Call.id < last).limit(1)
    with engine.connect() as connection:
        return connection.scalar(query) is not None


def _calls_on(day: int, calls: int) -> int:
    return calls * (day + 1) // DAYS - calls * day // DAYS


def _one_by_one(engine: Engine, calls: int, days: Sequence[int]) -> Iterator[int]:
    """One day is written while the next one is thought up."""
    last: Future[None] | None = None
    with ThreadPoolExecutor(1) as writer:
        for day in days:
            rows = day_of_calls(day, _calls_on(day, calls), None)
            if last is not None:
                last.result()
            last = writer.submit(_insert, engine, rows)
            yield day
        if last is not None:
            last.result()


def _side_by_side(engine: Engine, calls: int, days: Sequence[int]) -> Iterator[int]:
    """In as many processes as there are cores, each with a connection of its own."""
    url = engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(_write_day, repeat(url), days, repeat(calls))


def _write_day(url: str, day: int, calls: int) -> int:
    _copy(_engine(url), day_of_calls(day, _calls_on(day, calls), "\\N"))
    return day


@cache
def _engine(url: str) -> Engine:
    return open_engine(url)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _copy(engine: Engine, rows: Rows) -> None:
    connection = engine.raw_connection()
    cursor: Any = connection.cursor()
    for table, listed in rows.items():
        out = io.StringIO("\n".join("\t".join(map(str, row)) for row in listed))
        names = ", ".join(COLUMNS[table].split())
        cursor.copy_expert(f"COPY {table.__tablename__} ({names}) FROM STDIN", out)
    connection.commit()
    connection.close()


def _insert(engine: Engine, rows: Rows) -> None:
    connection = engine.raw_connection()
    cursor: Any = connection.cursor()
    for table, listed in rows.items():
        names = COLUMNS[table].split()
        marks = ", ".join("?" * len(names))
        cursor.executemany(
            f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
            listed,
        )
    connection.commit()
    connection.close()


def day_of_calls(day: int, calls: int, null: Any) -> Rows:
    chance = numpy.random.default_rng([1, day])
    spread: Callable[..., Any] = chance.triangular
    starts = numpy.sort(YEAR + day * DAY + spread(7, 10, 20, calls) * 3600).round(6).tolist()
    queues = chance.integers(0, QUEUES, calls).tolist()
    places = chance.integers(0, AGENTS_A_QUEUE, (calls, 2)).tolist()
    numbers = _numbers(chance, calls)
    waits = chance.exponential(18, calls).round(6).tolist()
    talks = chance.exponential(200, (calls, 2)).round(6).tolist()
    dice = chance.random((calls, 4)).tolist()
    found: Rows = {table: [] for table in TABLES}
    for place, at in enumerate(starts):
        _call(found, f"pbx1-{at:.0f}.{day:03}{place:06}", at, queues[place], places[place],
              numbers[place], waits[place], talks[place], dice[place], null)  # fmt: skip
    return found


def _numbers(chance: Any, calls: int) -> list[str]:
    """A third of the calls is from few numbers, some far more often than others; 2 % withheld."""
    kind = chance.random(calls)
    often = (FREQUENT * chance.random(calls) ** 3).astype(int)
    seldom = chance.integers(0, NUMBERS, calls)
    chosen = numpy.where(kind < 0.3, often, FREQUENT + seldom).tolist()
    return [
        "" if odds > 0.98 else f"0151{number:07}"
        for odds, number in zip(kind.tolist(), chosen, strict=True)
    ]


def _call(
    found: Rows, call_id: str, at: float, queue_number: int, places: Sequence[int], number: str,
    wait: float, talks: Sequence[float], dice: Sequence[float], null: Any,
) -> None:  # fmt: skip
    queue = f"q{queue_number:02}"
    first, second = (str(1000 + (queue_number * 4 + place) % AGENTS) for place in places)
    answered = dice[0] < 0.9
    outcome = "answered" if answered else LOST[int(dice[1] * len(LOST))]
    entered, left = at + 4, round(at + 4 + wait, 6)
    key = ("pbx1", call_id)
    parts = _talks(found, key, queue, first, second, left, talks, dice, null) if answered else []
    ended = parts[-1][1] if parts else left
    talk = sum(end - start for start, end, _ in parts)
    agent = parts[-1][2] if parts else ""
    trunk = f"carrier{queue_number % 4}"
    recording = f"2025/{call_id}.raw" if answered and dice[2] < 0.8 else ""
    found[Call].append(
        (*key, "inbound", number, "", str(5000 + queue_number % 30), trunk, at,
         left if answered else null, ended, outcome, "caller", queue, agent, wait, talk, 0.0,
         recording)
    )  # fmt: skip
    found[QueueVisit].append(
        (*key, 1, queue, entered, left, outcome, first if answered else "", wait, number != "")
    )
    found[CallLeg].append(
        ("pbx1", call_id, call_id, f"PJSIP/trunk-{trunk}-{int(at):08x}", f"trunk-{trunk}",
         "customer", "", at, at + 1, ended, "16")
    )  # fmt: skip


def _talks(
    found: Rows, key: tuple[str, str], queue: str, first: str, second: str, left: float,
    talks: Sequence[float], dice: Sequence[float], null: Any,
) -> list[tuple[float, float, str]]:  # fmt: skip
    """(from, until, agent) of one talk, or of two with a transfer between."""
    node, call_id = key
    parts = [(left, round(left + talks[0], 6), first)]
    if dice[3] < 0.05 and first != second:
        parts.append((parts[0][1], round(parts[0][1] + talks[1], 6), second))
    for place, (start, end, agent) in enumerate(parts, 1):
        phone = f"2{agent[1:]}"
        found[CallTalk].append((*key, place, queue, agent, phone, start, end, end - start, 0.0))
        found[CallLeg].append(
            (node, f"{call_id}.{place}", call_id, f"PJSIP/{phone}-{place:08x}", phone, "phone",
             agent, start - 5, start, end, "16")
        )  # fmt: skip
        found[CallEvent].append((*key, 2 * place, start - 5, "agent_rang", phone, "", agent))
        state = "paused" if dice[1] > 0.97 else "ready"
        reason = "lunch" if state == "paused" else ""
        found[AgentInterval] += [
            (node, agent, start, end, "talking", "", False, queue, call_id),
            (node, agent, end, end + 60, state, reason, False, "", ""),
        ]
    if dice[2] > 0.85:
        missed = (left - 25, left - 10)
        for number, at, kind in ((7, missed[0], "agent_rang"), (8, missed[1], "no_answer")):
            found[CallEvent].append((*key, number, at, kind, f"2{second[1:]}", "", second))
    return parts
