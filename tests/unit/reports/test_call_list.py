"""The call list: filters, allow-listed sorting, paging, and CSV no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from callcenter.db.engine import sessions
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.reports.call_detail import call_detail
from callcenter.reports.call_list import END, CallFilter, call_csv, call_list, safe_cell
from callcenter.reports.queue_today import local_midnight, queue_today
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import empty_ledger, feed

SITUATIONS = ("answered", "abandon49", "abandon51", "attended_twice", "timeout", "internal")


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(module_database_url)
    feed(engine, [line for name in SITUATIONS for line in recorded(name)])
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (CallFilter(), 6),
        (CallFilter(outcome="abandoned"), 2),
        (CallFilter(queue="support"), 5),
        (CallFilter(agent="1002"), 1),
        (CallFilter(number="0151"), 5),
        (CallFilter(number="O'Neil <script"), 5),
        (CallFilter(number="%"), 0),
        (CallFilter(number="_"), 0),
        (CallFilter(number="' OR 1=1 --"), 0),
        (CallFilter(direction="internal"), 1),
        (CallFilter(recorded=True), 0),
        (CallFilter(until=1.0), 0),
        (CallFilter(since=1.0), 6),
    ],
)
def test_filters(engine: Engine, chosen: CallFilter, count: int) -> None:
    with sessions(engine).begin() as session:
        page = call_list(session, chosen)
        assert page.total == len(page.rows) == count
        assert len(list(call_csv(session, chosen))) == count + 1


def test_the_export_has_local_times(engine: Engine) -> None:
    with sessions(engine).begin() as session:
        began = call_list(session, CallFilter()).rows[0].started_at
        exported = {
            zone: next(csv.DictReader(call_csv(session, CallFilter(), zone=zone)))["started_at"]
            for zone in ("UTC", "Asia/Kolkata")
        }
    utc = datetime.fromtimestamp(began, UTC)
    assert exported["UTC"] == f"{utc:%Y-%m-%d %H:%M:%S}"
    assert exported["Asia/Kolkata"] == f"{utc + timedelta(hours=5.5):%Y-%m-%d %H:%M:%S}"


def test_pages_hold_every_call_once_in_order(engine: Engine) -> None:
    with sessions(engine).begin() as session:
        pages = [
            call_list(session, CallFilter(), sort="wait", page=n, page_size=2) for n in (1, 2, 3)
        ]
        waits = [call.wait_seconds for page in pages for call in page.rows]
        assert waits == sorted(waits, reverse=True)
        assert len({call.id for page in pages for call in page.rows}) == 6
        assert call_list(session, CallFilter(), page=99, page_size=2).page == 3


@pytest.mark.parametrize(
    "chosen", [CallFilter(), CallFilter(queue="support"), CallFilter(counted="visits")]
)
@pytest.mark.parametrize("sort", ["started", "caller", "wait"])
@pytest.mark.parametrize("descending", [True, False])
def test_from_page_to_page_and_back_each_call_comes_once(
    engine: Engine, chosen: CallFilter, sort: str, descending: bool
) -> None:
    asked: dict[str, Any] = {"sort": sort, "descending": descending, "page_size": 2}
    with sessions(engine).begin() as session:
        whole = [call.id for call in call_list(session, chosen, **(asked | {"page_size": 50})).rows]
        pages = [call_list(session, chosen, **asked)]
        while pages[-1].after:
            pages.append(call_list(session, chosen, after=pages[-1].after, **asked))
        assert [call.id for page in pages for call in page.rows] == whole
        back = [call_list(session, chosen, before=END, **asked)]
        while back[-1].before:
            back.append(call_list(session, chosen, before=back[-1].before, **asked))
        assert [call.id for page in reversed(back) for call in page.rows] == whole
        numbered = call_list(session, chosen, page=2, **asked)
        assert [call.id for call in numbered.rows] == whole[2:4]


def test_a_long_list_is_not_counted_to_its_end(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.reports.call_list.MOST_COUNTED", 4)
    with sessions(engine).begin() as session:
        first = call_list(session, CallFilter(), page_size=2)
        assert (first.total, first.more, first.pages) == (4, True, 0)
        last = call_list(session, CallFilter(), page_size=2, page=77)  # an old link
        assert (last.after, len(last.rows)) == ("", 2)


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ", "WzFd", "W251bGwsIG51bGxd", "~" * 9])
def test_a_torn_cursor_is_refused(engine: Engine, cursor: str) -> None:
    with sessions(engine).begin() as session, pytest.raises(InvalidInput):
        call_list(session, CallFilter(), after=cursor)


@pytest.mark.parametrize("sort", ["started_at; DROP TABLE calls", "", "node", "(select 1)"])
def test_a_sort_that_is_not_on_the_list_is_refused(engine: Engine, sort: str) -> None:
    with sessions(engine).begin() as session, pytest.raises(InvalidInput):
        call_list(session, CallFilter(), sort=sort)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe_cell(f"{start}cmd|' /C calc'!A0")[0] == "'"


def test_a_call_is_found_by_any_of_its_channels(engine: Engine) -> None:
    with sessions(engine).begin() as session:
        call = call_list(session, CallFilter(agent="1003")).rows[0]
        detail = call_detail(session, call.id)
        for leg in detail.legs:
            assert call_detail(session, leg.uniqueid).call.id == call.id
        with pytest.raises(NotFound):
            call_detail(session, "../../etc/passwd")


def test_queue_today_adds_up(engine: Engine) -> None:
    with sessions(engine).begin() as session:
        today = queue_today(
            session, "support", since=0, service_level_seconds=20, short_abandon_seconds=5
        )
    assert (today.offered, today.answered, today.abandoned, today.short_abandoned) == (5, 2, 2, 1)
    assert (today.answered_within, today.waiting) == (2, 0)
    assert today.longest_wait_seconds == pytest.approx(20, abs=0.5)


def test_midnight_on_a_day_of_twenty_five_hours() -> None:
    noon = 1792926000.0  # 2026-10-25 12:00 in Berlin, the day summer time ends
    assert noon - local_midnight(noon, "Europe/Berlin") == 13 * 3600
