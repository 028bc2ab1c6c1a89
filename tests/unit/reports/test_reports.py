"""Every report on both databases: the golden cases of the reference, and one figure everywhere."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from callcenter.cli.report import instant
from callcenter.db.engine import sessions
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.counts import Counts, total
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.metrics import METRICS
from callcenter.domain.periods import GROUPINGS, most_at_once
from callcenter.ledger.books import CallBooks, Talk, Visit
from callcenter.ledger.facts import QUEUE_LOG
from callcenter.ledger.keep_books import replace_books
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.reports.asked import Asked
from callcenter.reports.table import REPORTS, report_named, value_of
from callcenter.reports.written import Written
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import NODE, feed
from tests.unit.ledger.test_rollups import NO_CALL, ledger_of_berlin

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = 1792879200.0  # 2026-10-25 00:00 in Berlin, a day of 25 hours
DAY = 86_400.0
SITUATIONS = ("signin", "answered", "abandon49", "abandon51", "attended_twice", "timeout",
              "ringnoanswer", "internal", "menu")  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ledger_of_berlin(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def recordings(module_database_url: str) -> Iterator[Engine]:
    """For tests that only read."""
    engine = ledger_of_berlin(module_database_url)
    feed(engine, [line for name in SITUATIONS for line in recorded(name)])
    yield engine
    engine.dispose()


def put(engine: Engine, *calls: CallBooks) -> None:
    with sessions(engine).begin() as session:
        touched = Touched()
        replace_books(session, NODE, {call.id for call in calls}, calls, touched)
        roll_up(session, touched)


def call(name: str, at: float, *visits: Visit, talks: tuple[Talk, ...] = (), **more: Any) -> Any:
    return replace(NO_CALL, id=name, started_at=at, visits=visits, talks=talks, **more)


def asked(since: float, until: float, **more: Any) -> Asked:
    return Asked(since, until, BERLIN, now=until, **more)


def everything(**more: Any) -> Asked:
    """Around the recorded calls (November 2026)."""
    since = instant("2026-11-01", BERLIN)
    return asked(since, instant("2026-12-01", BERLIN), **more)


def run(engine: Engine, name: str, question: Asked) -> list[Any]:
    with sessions(engine).begin() as session:
        return REPORTS[name].run(session, question)


def test_a_call_transferred_twice_credits_each_agent_with_their_own_seconds(
    engine: Engine,
) -> None:
    feed(engine, recorded("attended_twice"))
    found = {row.agent: row.counts for row in run(engine, "agent", everything())}
    talked = {agent: (c.talks, c.talk_seconds, c.hold_seconds) for agent, c in found.items()}
    for agent, talk, hold in (("1001", 1.05, 1.56), ("1002", 3.02, 1.56), ("1003", 2.02, 0)):
        assert talked[agent] == (1, pytest.approx(talk, abs=0.1), pytest.approx(hold, abs=0.1))
    moves = {(row.agent, row.to_agent) for row in run(engine, "transfers", everything())}
    assert {("1001", "1002"), ("1002", "1003")} <= moves
    (queue,) = run(engine, "queue", everything())
    assert (queue.counts.offered, queue.counts.answered, queue.counts.talks) == (1, 1, 3)


def test_who_hangs_up_at_four_point_nine_seconds_is_short_and_at_five_point_one_is_not(
    engine: Engine,
) -> None:
    put(
        engine,
        call("a", AUTUMN, Visit("support", AUTUMN, AUTUMN + 4.9, "abandoned", "", 4.9)),
        call("b", AUTUMN, Visit("support", AUTUMN, AUTUMN + 5.1, "abandoned", "", 5.1)),
    )
    (row,) = run(engine, "queue", asked(AUTUMN, AUTUMN + 25 * 3600))
    assert (row.counts.offered, row.counts.abandoned, row.counts.short_abandoned) == (2, 2, 1)
    assert METRICS["abandonment_rate"].of(row.counts) == 1.0


def test_a_call_over_midnight_counts_on_the_day_it_entered(engine: Engine) -> None:
    entered = AUTUMN - 10
    visit = Visit("support", entered, AUTUMN + 20, "answered", "1001", 30.0)
    talk = Talk("1001", "201", "support", AUTUMN + 20, AUTUMN + 80, 60.0, 0.0)
    put(engine, call("a", entered, visit, talks=(talk,)))
    rows = run(engine, "interval", asked(AUTUMN - DAY, AUTUMN + 25 * 3600))
    assert [row.start_at for row in rows] == [AUTUMN - DAY, AUTUMN]
    assert [row.counts.answered for row in rows] == [1, 0]
    assert [row.counts.talk_seconds for row in rows] == [0, 60.0]


def test_the_hour_that_comes_twice_is_two_hours(engine: Engine) -> None:
    visits = [Visit("support", AUTUMN + n * 1800 + 1, None, "answered", "", 1.0) for n in range(50)]
    put(engine, *(call(f"c{n}", AUTUMN, visit) for n, visit in enumerate(visits)))
    day = asked(AUTUMN, AUTUMN + 25 * 3600, by="hour")
    rows = run(engine, "interval", day)
    assert [row.counts.offered for row in rows] == [2] * 25
    heat = {(row.weekday, row.hour): row.counts.offered for row in run(engine, "heat-map", day)}
    assert heat[6, 2] == 4
    assert sum(heat.values()) == 50
    (whole,) = run(engine, "interval", replace(day, by="day"))
    assert whole.counts.offered == 50


def test_mean_queue_length_is_weighted_by_time_and_cut_at_the_period(engine: Engine) -> None:
    """One waits 450 s of a quarter, two wait over its edge: 300 s in it, 600 s in the next one."""
    visits = [
        Visit("support", AUTUMN, None, "abandoned", "", 450.0),
        Visit("support", AUTUMN + 750, None, "answered", "", 450.0),
        Visit("support", AUTUMN + 750, None, "timeout", "", 450.0),
    ]
    put(engine, *(call(f"c{n}", AUTUMN, visit) for n, visit in enumerate(visits)))
    hour = asked(AUTUMN, AUTUMN + 3600, by="15min")
    rows = run(engine, "interval", hour)
    mean = METRICS["mean_queue"]
    assert [mean.of(row.counts) for row in rows] == [750 / 900, 600 / 900, 0, 0]
    (whole,) = run(engine, "queue", hour)
    assert mean.of(whole.counts) == 1350 / 3600
    total_row = REPORTS["interval"].total(rows)
    assert total_row is not None
    assert mean.of(total_row) == 1350 / 3600
    assert METRICS["longest_wait"].of(whole.counts) == 450


def test_wrap_up_and_working_pauses_in_handling_and_occupancy(engine: Engine) -> None:
    """Signed in for 1000 s: 100 s talk, 40 s wrap-up, 200 s training, 60 s lunch."""
    with sessions(engine).begin() as session:
        site = replace(load_site(session), working_pause_reasons=("Training",))
        save_site(session, site, by="test")
    at = int(AUTUMN)
    lines = (
        f"{at}|MANAGER|support|1001|ADDMEMBER|",
        f"{at + 90}|a|support|NONE|CC_WRAP_UP|40",
        f"{at + 100}|a|support|1001|CONNECT|5|b|4",
        f"{at + 200}|a|support|1001|COMPLETECALLER|5|100|1",
        f"{at + 300}|NONE|support|1001|PAUSE|training",
        f"{at + 500}|NONE|support|1001|UNPAUSE|",
        f"{at + 600}|NONE|support|1001|PAUSE|Lunch",
        f"{at + 660}|NONE|support|1001|UNPAUSE|",
        f"{at + 1000}|MANAGER|support|1001|REMOVEMEMBER|",
    )
    feed(engine, [(QUEUE_LOG, line) for line in lines])
    talk = Talk("1001", "201", "support", AUTUMN + 100, AUTUMN + 200, 100.0, 0.0)
    visit = Visit("support", AUTUMN + 95, AUTUMN + 100, "answered", "1001", 5.0)
    put(engine, call("x", AUTUMN + 90, visit, talks=(talk,)))
    for until in (AUTUMN + 25 * 3600, AUTUMN + 7200):  # from the sums, and from the books
        question = asked(AUTUMN, until)
        (row,) = run(engine, "agent", question)
        c = row.counts
        assert (c.ready_seconds, c.ringing_seconds, c.busy_seconds) == (596, 4, 100)
        assert (c.wrap_up_seconds, c.paused_seconds, c.working_pause_seconds) == (40, 260, 200)
        assert c.signed_in_seconds == 1000
        assert METRICS["occupancy"].of(c) == 140 / (1000 - 60)
        (queue,) = run(engine, "queue", question)
        assert METRICS["aht"].of(queue.counts) == 140
        assert METRICS["wrap_up"].of(queue.counts) == 40
    spans = run(engine, "agent-activity", asked(AUTUMN, AUTUMN + 7200))
    assert [span.state for span in spans] == [
        "ready", "ringing", "talking", "wrap_up", "ready", "paused", "ready", "paused", "ready",
    ]  # fmt: skip
    assert [(one.until_at, one.queue) for one in spans if one.state == "wrap_up"] == [
        (AUTUMN + 240, "support")
    ]


def test_two_queues_for_one_call_count_once_in_each(engine: Engine) -> None:
    first = Visit("support", AUTUMN, AUTUMN + 30, "timeout", "", 30.0)
    second = Visit("sales", AUTUMN + 30, AUTUMN + 40, "answered", "1002", 10.0)
    put(engine, call("a", AUTUMN, first, second))
    rows = {row.queue: row.counts for row in run(engine, "queue", asked(AUTUMN, AUTUMN + DAY))}
    assert (rows["support"].timeout, rows["support"].answered) == (1, 0)
    assert (rows["sales"].offered, rows["sales"].answered) == (1, 1)


def test_however_grouped_the_sum_is_the_same(recordings: Engine) -> None:
    sums = [
        total(row.counts for row in run(recordings, name, everything(by=by)))
        for by in GROUPINGS
        for name in ("interval", "queue", "service-level", "heat-map")
    ]
    assert sums[0].offered >= 6
    # A day by the hour knows no time in queues and after calls: it lies across the hours.
    calls = [
        replace(each, queued_seconds=0, period_seconds=0, wrap_ups=0, wrap_up_seconds=0)
        for each in sums
    ]
    assert all(each == calls[0] for each in calls)
    loads = {(by, name): each for (by, name), each in zip(
        itertools.product(GROUPINGS, ("interval", "queue", "service-level", "heat-map")), sums,
        strict=True) if name in ("interval", "queue")}  # fmt: skip
    queued = {round(each.queued_seconds, 6) for each in loads.values()}
    assert len(queued) == 1 < min(queued)


def test_days_and_quarters_give_the_same_figures(recordings: Engine) -> None:
    whole = everything()
    rough = replace(whole, since=whole.since - 900)  # no midnight: the quarters and books answer
    for name in ("queue", "agent", "pauses"):
        by_day, by_quarter = (run(recordings, name, each) for each in (whole, rough))
        assert len(by_day) == len(by_quarter) > 0 or name == "pauses"
        for one, other in zip(by_day, by_quarter, strict=True):
            for column in REPORTS[name].columns:
                if column.name == "mean_queue":
                    continue  # of a period that is 15 minutes longer
                left, right = value_of(column, one), value_of(column, other)
                assert left == (pytest.approx(right) if isinstance(right, float) else right)


def test_every_report_is_the_same_written_three_ways(recordings: Engine) -> None:
    for name, narrow in itertools.product(REPORTS, ({}, NARROW)):
        _assert_written_three_ways(recordings, name, narrow)


NARROW = {"queues": ("support",), "agents": ("1001", "1002")}


def _assert_written_three_ways(
    recordings: Engine, name: str, narrow: dict[str, tuple[str, ...]]
) -> None:
    since = instant("2026-11-20", BERLIN)
    question = asked(since, since + 7 * DAY, **narrow)
    rows = run(recordings, name, question)
    report = REPORTS[name]
    written = Written(report, rows, BERLIN, {"queue": {"support": "=Support"}})
    listed = json.loads(written.as_json())
    table = list(csv.reader(io.StringIO(written.as_csv())))
    sheet = load_workbook(io.BytesIO(written.as_xlsx())).active
    assert table[0] == [each.title for each in report.columns]
    assert len(listed) == len(table) - 1 == sheet.max_row - 1
    assert not any(cell[:1] in ("=", "+", "@") for row in table for cell in row)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    empty = run(recordings, name, asked(0.0, DAY, **narrow))
    assert all(value_of(each, row) in (0, None, 0.0) for row in empty
               for each in report.columns if each.name in report.metrics)  # fmt: skip


def test_reports_from_the_books_have_rows(recordings: Engine) -> None:
    names = ("unanswered", "longest-waits", "did", "repeat-callers", "resolution", "waits",
             "trunks", "agent-activity", "short-calls")  # fmt: skip
    question = everything()
    week = replace(question, since=instant("2026-11-20", BERLIN), until=question.since + 27 * DAY)
    assert [name for name in names if not run(recordings, name, week)] == []


def test_offers_that_nobody_picked_up(engine: Engine) -> None:
    feed(engine, recorded("ringnoanswer"))
    rows = {row.agent: row.counts for row in run(engine, "unanswered", everything())}
    assert rows["1001"].unanswered_rings == 1
    assert rows["1002"].unanswered_rings == 0


def test_waits_fall_in_their_buckets_and_the_share_ends_at_one(recordings: Engine) -> None:
    rows = run(recordings, "waits", everything())
    (queue,) = run(recordings, "queue", everything())
    assert sum(row.counts.offered for row in rows) == queue.counts.offered
    assert rows[0].counts.abandoned == queue.counts.short_abandoned
    assert rows[-1].within_share == 1.0


def test_first_call_resolution_counts_who_called_the_same_queue_again(engine: Engine) -> None:
    def answered(name: str, at: float, queue: str, number: str) -> CallBooks:
        visit = Visit(queue, at, at + 1, "answered", "1001", 1.0)
        found: CallBooks = call(name, at, visit, caller_number=number)
        return found

    put(
        engine,
        answered("a", AUTUMN, "support", "555"),
        answered("b", AUTUMN + 6 * DAY, "support", "555"),
        answered("c", AUTUMN + 6 * DAY, "sales", "555"),
        answered("d", AUTUMN, "support", "666"),
    )
    rows = run(engine, "resolution", asked(AUTUMN, AUTUMN + DAY))
    assert [(row.counts.answered, row.counts.returning) for row in rows] == [(2, 1)]


def test_comparison_is_with_as_many_days_before(engine: Engine) -> None:
    def visits(count: int, at: float, mark: str) -> list[CallBooks]:
        return [
            call(f"{mark}{n}", at, Visit("support", at, None, "answered", "", 1.0))
            for n in range(count)
        ]

    put(engine, *visits(4, AUTUMN - 3600, "a"), *visits(6, AUTUMN + 3600, "b"))
    rows = {row.metric: row for row in run(engine, "comparison", asked(AUTUMN, AUTUMN + 90_000))}
    assert (rows["offered"].value, rows["offered"].before) == (6, 4)
    assert rows["offered"].change == 0.5


def test_most_channels_at_once() -> None:
    assert most_at_once([(0, 10), (10, 20), (5, 12), (11, 12)]) == 3
    assert most_at_once([(0, 10), (10, 20)]) == 1
    assert most_at_once([]) == 0


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InvalidInput):
        asked(10.0, 10.0)
    with pytest.raises(InvalidInput):
        asked(0.0, 10.0, by="decade")
    with pytest.raises(InvalidInput):
        instant("yesterday", BERLIN)
    with pytest.raises(NotFound):
        report_named("../../etc")
    assert instant("2026-10-25", BERLIN, end=True) == AUTUMN + 25 * 3600


def test_every_metric_a_report_shows_is_defined() -> None:
    shown = {name for report in REPORTS.values() for name in (*report.metrics, *report.chart[1:])}
    assert shown <= METRICS.keys()
    assert all(METRICS[name].of(Counts()) in (0, None) for name in shown)
