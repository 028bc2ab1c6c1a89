"""The golden cases as recorded files, through the ledger into the reports, on both databases.

On a real Asterisk: tests/truth/test_golden.py. Four more of them are recorded situations as they
are: transferred twice, 4.9 s and 5.1 s, two queues (test_recorded_situations.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from callcenter.db.engine import sessions
from callcenter.db.models.calls import QueueVisit
from callcenter.db.site_store import save_site
from callcenter.domain.metrics import METRICS
from callcenter.domain.site import Queue, Site
from callcenter.reports.asked import Asked
from callcenter.reports.table import REPORTS
from tests.replay.recorded_lines import again, recorded
from tests.unit.ledger.ledger_books import Lines, empty_ledger, feed, rows

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0
QUEUES = ("support", "sales", "in-turn", "nobody")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(database_url)
    site = Site(timezone="Europe/Berlin", queues=tuple(Queue(each, each) for each in QUEUES))
    with sessions(engine).begin() as session:
        save_site(session, site, by="test")
    yield engine
    engine.dispose()


def report(engine: Engine, name: str, since: float, until: float, by: str = "day") -> list[Any]:
    with sessions(engine)() as session:
        return REPORTS[name].run(session, Asked(since, until, BERLIN, until, by))


def midnight(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=BERLIN).timestamp()


def entered_at(situation: str, seconds: float, number: int = 1) -> Lines:
    """The recorded call, moved so that it enters its queue in the second that begins then."""
    lines = recorded(situation)
    enters = next(line for _, line in lines if "ENTERQUEUE" in line)
    return again(lines, int(seconds) - int(enters.split("|")[0]), number)


def test_abandonment_of_a_hundred_calls_twenty_five_of_them_short(engine: Engine) -> None:
    day = midnight("2026-11-02")
    situations = ("abandon49",) * 25 + ("answered",) * 70 + ("abandon51",) * 5
    lines = [
        line
        for number, situation in enumerate(situations)
        for line in entered_at(situation, day + 300 + 30 * number, number)
    ]
    feed(engine, sorted(lines, key=lambda each: each[0]))  # one file after the other
    (row,) = report(engine, "queue", day, day + 24 * HOUR)
    counts = row.counts
    assert (counts.offered, counts.short_abandoned, counts.answered) == (100, 25, 70)
    assert round(METRICS["abandonment_rate"].of(counts) or 0, 4) == 0.0667


def test_a_call_over_midnight_counts_on_the_day_each_part_began(engine: Engine) -> None:
    second_day = midnight("2026-11-02")
    feed(engine, entered_at("answered", second_day - 2, 1))  # talks across
    feed(engine, entered_at("ringnoanswer", second_day - 2, 2))  # waits across
    first, second = report(engine, "interval", second_day - 24 * HOUR, second_day + 24 * HOUR)
    assert (first.start_at, second.start_at) == (second_day - 24 * HOUR, second_day)
    assert (first.counts.offered, first.counts.answered, first.counts.talks) == (2, 2, 1)
    assert (second.counts.offered, second.counts.answered, second.counts.talks) == (0, 0, 1)
    assert [visit.entered_at < second_day for visit in rows(engine, QueueVisit)] == [True] * 2


def test_the_hour_that_comes_twice_in_autumn_is_two_hours(engine: Engine) -> None:
    day = midnight("2026-10-25")
    back = day + 3 * HOUR  # 3:00 becomes 2:00
    for number, at in enumerate((back - 1800, back - 2, back + 1, back + 1800)):
        feed(engine, entered_at("answered", at, number))
    by_hour = report(engine, "interval", day, day + 25 * HOUR, "hour")
    assert len(by_hour) == 25
    offered = {row.start_at: row.counts.offered for row in by_hour if row.counts.offered}
    assert offered == {back - HOUR: 2, back: 2}
    (whole,) = report(engine, "interval", day, day + 25 * HOUR)
    assert (whole.until_at - whole.start_at, whole.counts.offered) == (25 * HOUR, 4)
    heat = report(engine, "heat-map", day, day + 25 * HOUR)
    assert [(row.weekday, row.hour, row.counts.offered) for row in heat] == [(6, 2, 4)]


def test_the_hour_that_is_missing_in_spring_makes_a_day_of_23(engine: Engine) -> None:
    day = midnight("2026-03-29")
    forward = day + 2 * HOUR  # 2:00 becomes 3:00
    for number, at in enumerate((forward - 2, forward + 1, day + 23 * HOUR - 2, day + 23 * HOUR)):
        feed(engine, entered_at("answered", at, number))
    (whole,) = report(engine, "interval", day, day + 23 * HOUR)
    assert whole.counts.offered == 3
    heat = report(engine, "heat-map", day, day + 23 * HOUR)
    assert [row.hour for row in heat] == [1, 3, 23]


def test_two_queues_for_one_call_count_it_once_in_each(engine: Engine) -> None:
    day = midnight("2026-11-02")
    feed(engine, entered_at("two_queues", day + HOUR))
    found = {row.queue: row.counts for row in report(engine, "queue", day, day + 24 * HOUR)}
    assert (found["in-turn"].offered, found["in-turn"].timeout) == (1, 1)
    assert (found["sales"].offered, found["sales"].answered) == (1, 1)


def test_who_is_turned_away_because_nobody_is_signed_in_was_offered(engine: Engine) -> None:
    day = midnight("2026-11-02")
    feed(engine, again(recorded("no_agents"), int(day) + 3600 - 1792889991))
    (row,) = report(engine, "queue", day, day + 24 * HOUR)
    assert (row.queue, row.counts.offered, row.counts.no_agents) == ("nobody", 1, 1)
