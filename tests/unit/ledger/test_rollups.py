"""Sums equal their raw rows, whatever came, was replaced or withdrawn, on both databases.

The reference below is slow and obvious: it looks at every raw row in Python.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call, CallTalk, QueueVisit
from callcenter.db.models.loads import AgentWrapUpDay, QueueLoadDay, QueueLoadQuarter
from callcenter.db.models.rollups import (
    AgentStateDay,
    AgentTalkDay,
    QueueDay,
    QueueQuarter,
)
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.counts import EXITS
from callcenter.domain.periods import next_start, period_start
from callcenter.domain.site import Queue, Site
from callcenter.ledger.books import CallBooks, Leg, Talk, TimelineEntry, Visit
from callcenter.ledger.facts import QUEUE_LOG
from callcenter.ledger.keep_books import replace_books
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.ledger.rollups.prove import prove
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import NODE, empty_ledger, feed, rows
from tests.unit.ledger.slow_sums import assert_further_sums_are_true, us

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = 1774738800.0  # 2026-03-29 00:00 in Berlin; the clocks change two hours later
SITE = Site(
    timezone="Europe/Berlin",
    queues=(Queue("support", "Support", service_level_seconds=10), Queue("sales", "Sales")),
)
THRESHOLDS = {"support": (10, 5)}
SITUATIONS = ("signin", "answered", "abandon49", "abandon51", "attended_twice", "timeout", "killed")


def reference_queues(engine: Engine, by: str) -> dict[tuple[float, str], dict[str, int]]:
    found: dict[tuple[float, str], dict[str, int]] = {}

    def sums(at: float, queue: str) -> dict[str, int]:
        names = (*EXITS, "short_abandoned", "answered_within", "wait_us", "abandon_wait_us",
                 "longest_wait_us", "talks", "talk_us", "hold_us", "answered_known",
                 "called_again")  # fmt: skip
        key = (period_start(at, by, BERLIN), queue)
        return found.setdefault(key, dict.fromkeys(names, 0))

    numbers = {call.id: call.caller_number for call in rows(engine, Call)}
    for visit in rows(engine, QueueVisit):
        row = sums(visit.entered_at, visit.queue)
        within, short = THRESHOLDS.get(visit.queue, (20, 5))
        row[visit.outcome] += 1
        row["longest_wait_us"] = max(row["longest_wait_us"], us(visit.wait_seconds))
        if visit.outcome == "answered":
            row["wait_us"] += us(visit.wait_seconds)
            row["answered_within"] += visit.wait_seconds <= within
            row["answered_known"] += numbers[visit.call_id] != ""
            row["called_again"] += visit.next_at is not None
        if visit.outcome == "abandoned":
            row["abandon_wait_us"] += us(visit.wait_seconds)
            row["short_abandoned"] += visit.wait_seconds <= short
    for talk in rows(engine, CallTalk):
        if talk.queue:
            row = sums(talk.started_at, talk.queue)
            row["talks"] += 1
            row["talk_us"] += us(talk.talk_seconds)
            row["hold_us"] += us(talk.hold_seconds)
    return found


def reference_states(engine: Engine) -> dict[tuple[float, str, str, str], int]:
    found: dict[tuple[float, str, str, str], int] = {}
    for each in rows(engine, AgentInterval):
        at = each.started_at
        while each.ended_at is not None and at < each.ended_at:
            start = period_start(at, "day", BERLIN)
            end = min(each.ended_at, next_start(start, "day", BERLIN))
            key = (start, each.agent, each.state, each.reason)
            found[key] = found.get(key, 0) + us(end - at)
            at = end
    return found


def reference_loads(engine: Engine, by: str) -> dict[tuple[float, str], list[int]]:
    """(start, queue) → [callers' time within, wrap-ups, time of those that began in it]."""
    found: dict[tuple[float, str], list[int]] = {}
    for visit in rows(engine, QueueVisit):
        at = us(visit.entered_at)
        end = at + us(visit.wait_seconds)
        while at < end:
            start = period_start(at / 1e6, by, BERLIN)
            until = min(end, us(next_start(start, by, BERLIN)))
            found.setdefault((start, visit.queue), [0, 0, 0])[0] += until - at
            at = until
    for each in rows(engine, AgentInterval):
        if each.state == "wrap_up":
            key = (period_start(each.started_at, by, BERLIN), each.queue)
            sums = found.setdefault(key, [0, 0, 0])
            sums[1] += 1
            sums[2] += us(each.ended_at - each.started_at)
    return found


def assert_sums_are_true(engine: Engine) -> None:
    for load, by in ((QueueLoadQuarter, "15min"), (QueueLoadDay, "day")):
        kept_loads = {
            (row.start_at, row.queue): [row.queued_us, row.wrap_ups, row.wrap_up_us]
            for row in rows(engine, load)
        }
        assert kept_loads == reference_loads(engine, by)
    assert sum(row.wrap_up_us for row in rows(engine, AgentWrapUpDay)) == sum(
        row.wrap_up_us for row in rows(engine, QueueLoadDay)
    )
    for table, by in ((QueueQuarter, "15min"), (QueueDay, "day")):
        kept = {
            (row.start_at, row.queue): {
                name: getattr(row, name) for name in row.__table__.columns.keys()[2:]
            }
            for row in rows(engine, table)
        }
        assert kept == reference_queues(engine, by)
    talked: dict[tuple[float, str, str], list[int]] = {}
    for talk in rows(engine, CallTalk):
        if talk.agent:
            key = (period_start(talk.started_at, "day", BERLIN), talk.agent, talk.queue)
            sums = talked.setdefault(key, [0, 0, 0])
            sums[0] += 1
            sums[1] += us(talk.talk_seconds)
            sums[2] += us(talk.hold_seconds)
    assert {
        (row.start_at, row.agent, row.queue): [row.talks, row.talk_us, row.hold_us]
        for row in rows(engine, AgentTalkDay)
    } == talked
    assert {
        (row.start_at, row.agent, row.state, row.reason): row.total_us
        for row in rows(engine, AgentStateDay)
        if row.total_us
    } == reference_states(engine)
    assert_further_sums_are_true(engine)


def ledger_of_berlin(url: str) -> Engine:
    engine = empty_ledger(url)
    with sessions(engine).begin() as session:
        save_site(session, SITE, by="test")
    return engine


NO_CALL = CallBooks(
    id="", direction="inbound", caller_number="", caller_name="", dialed="", trunk="",
    started_at=SPRING, answered_at=None, ended_at=None, outcome="", ended_by="", queue="",
    agent="", wait_seconds=0, talk_seconds=0, hold_seconds=0, recording="", legs=(), visits=(),
    talks=(), timeline=(),
)  # fmt: skip
# Four days around the change of the clocks, often right at the edge of a quarter or of a day.
INSTANTS = st.one_of(
    st.integers(-86_400_000_000, 3 * 86_400_000_000).map(lambda n: SPRING + n / 1e6),
    st.integers(-96, 288).map(lambda n: SPRING + n * 900.0),
)
SECONDS = st.one_of(st.sampled_from([0.0, 4.9, 5.0, 5.1, 10.0, 20.0]), st.integers(0, 10**9).map(
    lambda n: n / 1e6))  # fmt: skip
QUEUES = st.sampled_from(["support", "sales", "gone"])
AGENTS = st.sampled_from(["1001", "1002", ""])
VISITS = st.builds(Visit, QUEUES, INSTANTS, st.none(), st.sampled_from(EXITS), st.just(""), SECONDS)
TALKS = st.builds(
    Talk, AGENTS, st.sampled_from(["201", "202"]), st.sampled_from(["support", "sales", ""]),
    INSTANTS, st.none(), SECONDS, SECONDS,
)  # fmt: skip
LEGS = st.builds(
    lambda number, trunk, start, seconds: Leg(
        f"leg.{number}", f"PJSIP/{trunk}-00000001", trunk, "customer", "", start, None,
        None if seconds > 80_000_000 else start + seconds / 1000, "16",
    ),
    st.integers(0, 10**9), st.sampled_from(["trunk-one", "trunk-two", "201"]), INSTANTS,
    st.integers(0, 86_000_000),
)  # fmt: skip
OFFERS = st.builds(
    TimelineEntry, INSTANTS, st.sampled_from(["agent_rang", "no_answer", "menu"]), st.just("201"),
    st.just(""), AGENTS,
)  # fmt: skip
# Visits up to eight days apart, so that some callers come back in time and some too late.
LATE_VISITS = st.builds(
    lambda visit, days: replace(visit, entered_at=visit.entered_at + days * 86_400.0),
    VISITS, st.integers(0, 8),
)  # fmt: skip


def a_call(name: str, started_at: float, **parts: Any) -> CallBooks:
    """It begins with its first channel, as the ledger folds it."""
    begins = min([started_at, *(leg.started_at for leg in parts["legs"])])
    return replace(NO_CALL, id=name, started_at=begins, **parts)


CALLS = st.builds(
    a_call,
    st.sampled_from(["a", "b", "c", "d", "e"]),
    started_at=INSTANTS,
    visits=st.lists(LATE_VISITS, max_size=3).map(tuple),
    talks=st.lists(TALKS, max_size=3).map(tuple),
    legs=st.lists(LEGS, max_size=2, unique_by=lambda leg: leg.uniqueid).map(tuple),
    timeline=st.lists(OFFERS, max_size=2).map(tuple),
    caller_number=st.sampled_from(["", "555", "666"]),
    dialed=st.sampled_from(["5000", "5001"]),
    queue=st.sampled_from(["", "support"]),
    outcome=st.sampled_from(["answered", "abandoned"]),
    direction=st.sampled_from(["inbound", "outbound"]),
    talk_seconds=SECONDS,
)
SWITCHES = st.tuples(
    st.integers(-86_400, 2 * 86_400),
    st.sampled_from(
        ["ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "CONNECT", "COMPLETEAGENT", "CC_WRAP_UP"]
    ),
)
STEPS = st.lists(
    st.one_of(
        st.lists(CALLS, min_size=1, max_size=4, unique_by=lambda each: each.id),
        st.lists(SWITCHES, min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=6,
)


def take_step(engine: Engine, step: list[Any]) -> None:
    """Calls replace what was known under their id; switches are lines of queue_log."""
    if isinstance(step[0], tuple):
        feed(engine, [(QUEUE_LOG, switch_line(offset, event)) for offset, event in step])
        return
    # One without either is withdrawn, as by a transfer that joins two.
    books = [call for call in step if call.visits or call.talks]
    with sessions(engine).begin() as session:
        touched = Touched()
        replace_books(session, NODE, {call.id for call in step}, books, touched)
        roll_up(session, touched)


def switch_line(offset: int, event: str) -> str:
    call = "c1" if event in ("CONNECT", "COMPLETEAGENT", "CC_WRAP_UP") else "MANAGER"
    agent, data = ("NONE", "90") if event == "CC_WRAP_UP" else ("1001", "lunch")
    return f"{int(SPRING) + offset}|{call}|support|{agent}|{event}|{data}"


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_sums_equal_their_raw_rows_after_any_history(steps: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = ledger_of_berlin(f"sqlite:///{Path(folder) / 'books.sqlite'}")
        for step in steps:
            take_step(engine, step)
        assert_sums_are_true(engine)
        assert prove(sessions(engine))[1] == []
        engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ledger_of_berlin(database_url)
    yield engine
    engine.dispose()


def test_sums_of_recorded_calls_and_of_random_ones(engine: Engine) -> None:
    for situation in SITUATIONS:
        feed(engine, recorded(situation))
        assert_sums_are_true(engine)
    visits = [Visit("support", SPRING + n * 450.0, None, "answered", "", n / 3) for n in range(200)]
    talks = [Talk("1001", "", "sales", SPRING + n * 700, None, n / 7, n / 9) for n in range(200)]
    take_step(engine, [replace(NO_CALL, id="x", visits=tuple(visits), talks=tuple(talks))])
    assert_sums_are_true(engine)
    take_step(engine, [replace(NO_CALL, id="x", visits=tuple(visits[:3]))])
    assert_sums_are_true(engine)


def test_a_site_that_reckons_otherwise_counts_its_history_anew(engine: Engine) -> None:
    visit = Visit("support", SPRING, None, "answered", "", 15.0)
    take_step(engine, [replace(NO_CALL, id="x", visits=(visit,))])
    assert [row.answered_within for row in rows(engine, QueueDay)] == [0]
    with sessions(engine).begin() as session:
        site = load_site(session)
        queues = (replace(site.queues[0], service_level_seconds=15), *site.queues[1:])
        save_site(session, replace(site, queues=queues, timezone="Asia/Kathmandu"), by="test")
    with sessions(engine).begin() as session:
        roll_up(session, Touched())
    (row,) = rows(engine, QueueDay)
    assert row.answered_within == 1
    assert row.start_at == period_start(SPRING, "day", ZoneInfo("Asia/Kathmandu"))


def test_proof_finds_and_mends_what_is_wrong(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    for situation in SITUATIONS:
        feed(engine, recorded(situation))
    compared, wrong = prove(sessions(engine))
    assert (wrong, compared > 5) == ([], True)
    with sessions(engine).begin() as session:
        session.execute(update(QueueDay).values(answered=QueueDay.answered + 1))
        session.add(AgentTalkDay(start_at=rows(engine, QueueDay)[0].start_at, agent="ghost",
                                 queue="q", talks=1, talk_us=0, hold_us=0))  # fmt: skip
    _, wrong = prove(sessions(engine))
    assert {each.table for each in wrong} == {"queue_days", "agent_talk_days"}
    assert "rollup_mended" in caplog.text
    assert prove(sessions(engine))[1] == []
