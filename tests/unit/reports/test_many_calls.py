"""What is done otherwise where there are very many calls gives the same answers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call
from callcenter.db.number_index import has_number_index, make_number_index
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.periods import period_start
from callcenter.ledger.books import Visit
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.reports import agent_activity, call_list, number_search, repeat_callers
from callcenter.reports.call_list import CallFilter
from tests.unit.ledger.test_rollups import ledger_of_berlin
from tests.unit.reports.test_reports import AUTUMN, BERLIN, DAY, asked, call, put, run

AFTER = ("", "1", "3")
YEAR = period_start(AUTUMN, "year", BERLIN)


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[Engine]:
    """400 calls of 14 months, from numbers of which some call far more often than others."""
    engine, chance = ledger_of_berlin(module_database_url), random.Random(5)
    times = [YEAR + chance.random() * 425 * DAY for _ in range(400)]
    put(engine, *(
        call(f"c{n}", at, Visit("support", at, at + 9, "answered" if n % 3 else "timeout", "", 9),
             caller_number=f"0151{int(30 * chance.random() ** 3):03}",
             outcome="answered" if n % 3 else "timeout")
        for n, at in enumerate(times)
    ))  # fmt: skip
    yield engine
    engine.dispose()


@pytest.mark.parametrize("looks", [1, 50])
@pytest.mark.parametrize(
    ("first", "last"), [(0, 365), (0, 31), (3, 80), (200, 425), (0, 425), (40, 45), (31, 90)]
)
def test_repeat_callers_of_any_period_are_those_one_counts(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, first: int, last: int, looks: int
) -> None:
    for name, value in {"MOST_ROWS": 6, "LOOKED_AT_ONCE": 3, "MOST_LOOKS": looks}.items():
        monkeypatch.setattr(repeat_callers, name, value)
    since, until = YEAR + first * DAY, YEAR + last * DAY
    calls: dict[str, list[float]] = defaultdict(list)
    with sessions(engine)() as session:
        for each in session.scalars(select(Call)):
            if since <= each.started_at < until:
                calls[each.caller_number].append(each.started_at)
    wanted = sorted(((len(at), number) for number, at in calls.items() if len(at) > 1))[::-1][:6]
    rows = run(engine, "repeat-callers", replace(asked(since, until), now=YEAR + 425 * DAY))
    assert [(row.counts.calls, row.caller_number) for row in rows] == wanted
    assert all((row.first_at, row.last_at) == (min(calls[n]), max(calls[n]))
               for row, (_, n) in zip(rows, wanted, strict=True))  # fmt: skip


def test_part_of_a_number_among_too_many_calls_wants_a_period(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_search, "MOST_LOOKED_AT", 100)
    monkeypatch.setattr(number_search, "has_number_index", lambda _: False)
    with sessions(engine)() as session:
        with pytest.raises(InvalidInput, match="choose a shorter period"):
            call_list.call_list(session, CallFilter(number="51001"))
        whole = call_list.call_list(session, CallFilter(number="0151001"), page_size=200)
        short = CallFilter(number="51001", since=YEAR, until=YEAR + 40 * DAY)
        assert {row.caller_number for row in whole.rows} == {"0151001"}
        assert 0 < call_list.call_list(session, short).total < whole.total


def test_postgresql_can_have_an_index_of_parts_of_numbers(engine: Engine) -> None:
    with sessions(engine)() as session:
        before = call_list.call_list(session, CallFilter(number="51001")).total
    if engine.dialect.name == "sqlite":
        with pytest.raises(Conflict, match="want a period"):
            make_number_index(engine)
        return
    make_number_index(engine)
    make_number_index(engine)
    with sessions(engine)() as session:
        assert has_number_index(session)
        assert call_list.call_list(session, CallFilter(number="51001")).total == before > 0


def test_a_list_that_is_not_looked_through_says_more_than(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = CallFilter(queue="support", outcome="timeout")
    with sessions(engine)() as session:
        whole = call_list.call_list(session, chosen, page_size=20)
        monkeypatch.setattr(call_list, "MOST_PARTS", 50)
        some = call_list.call_list(session, chosen, page_size=20)
        alone = call_list.call_list(session, replace(chosen, number="0151000"), page_size=200)
    assert (whole.total, whole.more) == (134, False)
    assert 0 < some.total < whole.total
    assert some.more
    assert [row.id for row in some.rows] == [row.id for row in whole.rows]
    assert (alone.total, alone.more) == (len(alone.rows), False)


def test_agents_days_come_in_pages_that_hold_what_the_file_holds(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_activity, "AGENTS_A_PAGE", 2)
    touched = Touched()
    with sessions(engine).begin() as session:
        for number in range(5):
            for start, end in ((-2, 3), (3, 5), (5, None if number == 4 else 30)):
                at = AUTUMN + start * 3600
                until = None if end is None else AUTUMN + end * 3600
                session.add(AgentInterval(
                    node="n", agent=str(number), started_at=at, ended_at=until, state="ready",
                    reason="", signs_in=False))  # fmt: skip
                touched.interval(str(number), at, until)
        session.flush()
        roll_up(session, touched)
    question = asked(AUTUMN, AUTUMN + DAY)
    pages = [run(engine, "agent-activity", replace(question, after_agent=after)) for after in AFTER]
    assert [agent_activity.further_after(page) for page in pages] == ["1", "3", ""]
    assert [*pages[0], *pages[1], *pages[2]] == run(engine, "agent-activity", question)
    assert [row.seconds for row in pages[0][:3]] == [3 * 3600, 2 * 3600, 19 * 3600]
