"""The golden cases on a real Asterisk, among other calls, in the night in which the clocks go back.

Its clock is moved so that 01:00 UTC on 2026-10-25 comes during the run: in Berlin 3:00 becomes 2:00
then, and on Cape Verde it is midnight.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.db.engine import sessions
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.counts import Counts
from callcenter.domain.metrics import METRICS
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.reports.asked import Asked
from callcenter.reports.table import REPORTS
from tests.truth import clock
from tests.truth.books_of import Record, records
from tests.truth.elsewhen import ElsewhenStack
from tests.truth.scripts import Script, Stage, scripts
from tests.truth.site import GOLDEN, SUPPORT, desks, truth_site
from tests.truth.traffic import Traffic, traffic
from tests.truth.verdict import compared, wait_until_all_is_read

pytestmark = pytest.mark.pbx

BORDER = datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp()
LEADS_SECONDS = (34.0, 120.0)  # to start everything and play the other calls; if it took longer
READY_SECONDS = 6.0  # before the border
HOUR = 3600.0
CALLS = 36
JUST_UNDER, JUST_OVER = "15700004", "15700005"
TALKS_ACROSS, WAITS_ACROSS, COMES_AFTER = "15800000", "15800001", "15800002"
# 20 calls instead of 100: offered, short, answered → 20, 5, 14, as 100, 25, 70.
PATIENCE = (0.6, 0.9, 1.2, 1.5, 4.5, 5.5)
ANSWERED = 14


def rate_case() -> list[Script]:
    numbers = (str(15_700_000 + each) for each in range(100))
    gone = [Script("gives_up", next(numbers), GOLDEN, patience=each) for each in PATIENCE]
    stages = (Stage(0.3, 1.0, then="agent"), Stage(0.4, 1.2, then="caller"))
    return gone + [
        Script("answered", next(numbers), GOLDEN, stages=stages[each % 2 :][:1])
        for each in range(ANSWERED)
    ]


def around_the_border() -> dict[float, Script]:
    def call(number: str, ring: float, talk: float) -> Script:
        return Script("border", number, SUPPORT, stages=(Stage(ring, talk),))

    return {
        BORDER - 4.0: call(TALKS_ACROSS, 0.5, 6.0),
        BORDER - 2.5: call(WAITS_ACROSS, 3.8, 1.0),
        BORDER + 1.0: call(COMES_AFTER, 0.3, 1.0),
    }


@dataclass
class Night:
    stack: ElsewhenStack
    people: Traffic
    records: dict[str, list[Record]]

    def report(
        self, name: str, zone: str, since: float, until: float, by: str = "day"
    ) -> list[Any]:
        asked = Asked(since, until, ZoneInfo(zone), clock.now(), by)
        with sessions(self.stack.engine)() as session:
            return REPORTS[name].run(session, asked)

    def of_kind(self, kind: str) -> list[Record]:
        calls = [call for call in self.people.calls if call.script.kind == kind]
        return [record for call in calls for record in self.records[call.script.number]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    for lead in LEADS_SECONDS:
        with _at_their_desks(tmp_path_factory.mktemp("night"), lead) as (stack, people):
            if clock.now() > BORDER - READY_SECONDS:
                continue
            _play(people)
            people.end()
            wait_until_all_is_read(stack)
            with sessions(stack.engine)() as session:
                yield Night(stack, people, records(session))
            return
    raise AssertionError(f"to start everything took longer than {LEADS_SECONDS[-1]} s")


@contextmanager
def _at_their_desks(folder: Path, lead_seconds: float) -> Iterator[tuple[ElsewhenStack, Traffic]]:
    seats = desks(9, 4)
    ahead = BORDER - lead_seconds - time.time()
    with (
        clock.moved(ahead),
        ElsewhenStack(folder / "home", truth_site(seats, "Europe/Berlin"), ahead) as stack,
        traffic(stack, seats, folder / "phones", lines=8) as people,
    ):
        people.begin()
        yield stack, people


def _play(people: Traffic) -> None:
    parts = [
        threading.Thread(target=people.offer, args=(scripts(CALLS, seed=4), 2.2)),
        threading.Thread(target=people.offer, args=(rate_case(), 1.6, 5, 0)),
        threading.Thread(target=people.offer_at, args=(around_the_border(),)),
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()


def test_every_figure_is_what_really_happened(night: Night) -> None:
    found, unreconciled = compared(night.stack, night.people)
    assert found.examples == {}
    assert unreconciled == []
    assert found.compared > 3000


def test_abandonment_of_twenty_calls_five_of_them_short(night: Night) -> None:
    rows = night.report("queue", "Europe/Berlin", BORDER - HOUR, BORDER + HOUR)
    counts: Counts = next(row.counts for row in rows if row.queue == "golden")
    assert (counts.offered, counts.short_abandoned, counts.answered) == (20, 5, 14)
    assert round(METRICS["abandonment_rate"].of(counts) or 0, 4) == 0.0667


def test_just_under_and_just_over_five_seconds(night: Night) -> None:
    (under,), (over,) = night.records[JUST_UNDER], night.records[JUST_OVER]
    assert 4 < under.visits[0].wait_seconds <= 5 < over.visits[0].wait_seconds < 6
    assert [each.visits[0].outcome for each in (under, over)] == ["abandoned"] * 2


def test_transferred_twice_gives_three_agents_their_own_seconds(night: Night) -> None:
    transferred = night.of_kind("transferred_twice")
    assert transferred
    for record in transferred:
        talks = record.talks
        assert len({talk.agent for talk in talks}) == len(talks) == 3
        ends = [talk.ended_at or 0 for talk in talks]
        assert all(end <= talk.started_at for end, talk in zip(ends, talks[1:], strict=False))
        assert sum(talk.talk_seconds for talk in talks) == pytest.approx(record.call.talk_seconds)


def test_two_queues_count_the_call_once_in_each(night: Night) -> None:
    handed_on, sent_back = night.of_kind("two_queues"), night.of_kind("requeue")
    assert handed_on
    assert sent_back
    for record in handed_on:
        visits = [(visit.queue, visit.outcome) for visit in record.visits]
        assert visits == [("in-turn", "timeout"), ("sales", "answered")]
    for record in sent_back:
        assert [visit.outcome for visit in record.visits] == ["answered", "answered"]


def test_the_hour_that_comes_twice_is_two_hours(night: Night) -> None:
    zone = "Europe/Berlin"
    midnight = datetime(2026, 10, 25, tzinfo=ZoneInfo(zone)).timestamp()
    by_hour = night.report("interval", zone, midnight, midnight + 25 * HOUR, "hour")
    offered = {row.start_at: row.counts.offered for row in by_hour if row.counts.offered}
    assert list(offered) == [BORDER - HOUR, BORDER]
    assert {datetime.fromtimestamp(each, ZoneInfo(zone)).hour for each in offered} == {2}
    assert offered[BORDER] >= 1
    (day,) = night.report("interval", zone, midnight, midnight + 25 * HOUR)
    assert (day.start_at, day.until_at) == (midnight, midnight + 25 * HOUR)
    assert day.counts.offered == sum(offered.values())


def test_over_midnight_each_part_counts_on_the_day_it_began(night: Night) -> None:
    _move_to_cape_verde(night)
    zone, day = "Atlantic/Cape_Verde", 24 * HOUR
    before, after = night.report("interval", zone, BORDER - day, BORDER + day)
    assert (before.start_at, after.start_at) == (BORDER - day, BORDER)
    (across,), (waited,) = night.records[TALKS_ACROSS], night.records[WAITS_ACROSS]
    assert across.talks[0].started_at < BORDER < (across.talks[0].ended_at or 0)
    assert waited.visits[0].entered_at < BORDER < waited.talks[0].started_at
    talks = [talk for each in night.records.values() for record in each for talk in record.talks]
    of_queues = [talk for talk in talks if talk.queue]
    assert before.counts.talks == sum(talk.started_at < BORDER for talk in of_queues)
    assert after.counts.talks == sum(talk.started_at >= BORDER for talk in of_queues) >= 2
    found, _ = compared(night.stack, night.people)
    assert found.examples == {}


def _move_to_cape_verde(night: Night) -> None:
    with sessions(night.stack.engine).begin() as session:
        save_site(session, replace(load_site(session), timezone="Atlantic/Cape_Verde"), "tests")
    with sessions(night.stack.engine).begin() as session:
        roll_up(session, Touched())  # as the ledger does with its next line
    night.stack.site = replace(night.stack.site, timezone="Atlantic/Cape_Verde")
