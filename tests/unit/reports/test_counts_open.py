"""Every count of every report opens to as many calls as it says, in the list behind its link."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.rate_store import save_rates
from callcenter.db.site_store import save_site
from callcenter.domain.metrics import COUNT, METRICS, Metric
from callcenter.domain.rates import INBOUND, Rate
from callcenter.ledger.rollups.prove import prove
from callcenter.reports.asked import Asked
from callcenter.reports.call_list import call_list
from callcenter.reports.table import OF_METRIC, REPORTS, value_of
from callcenter.settings import Settings
from tests import postgres
from tests.web import report_books
from tests.web.stack import small_site
from web.calls.filters import read_filters
from web.reports.links import behind, local_text

ROME = "Europe/Rome"
ZONE = ZoneInfo(ROME)
MIDNIGHT = 1_781_740_800.0
TO = 1_781_733_600.0 + 86_400  # the end of 2026-06-18 in Rome
ASKED = Asked(TO - 14 * 86_400, TO, ZONE, TO, thresholds={"support": (20, 5), "sales": (20, 5)})
MUST_OPEN = {
    "heat-map": {"offered", "answered", "abandoned"},
    "comparison": {"value", "before", "change"},
    "unanswered": {"rings", "unanswered_rings", "unanswered_share"},
    "trunks": {"began", "seconds"},
    "transfers": {"times"},
    "resolution": {"answered", "returning"},
    "ivr-path": {"calls"},
    "dispositions": {"calls"},
    "cost": {"calls", "cost", "unrated"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with ExitStack() as stack:
        if request.param == "postgresql":
            cluster = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(postgres.database(cluster))
            settings = replace(settings, database_url=url)
        opened = open_engine(settings.database)
        stack.callback(opened.dispose)
        Base.metadata.create_all(opened)
        with sessions(opened).begin() as session:
            save_site(session, small_site(), by="test")
        monkey = stack.enter_context(pytest.MonkeyPatch.context())
        monkey.setattr(report_books, "CALLS_A_DAY", 15)
        report_books.fill_reports(settings, MIDNIGHT)
        _add_ways(opened)
        prove(sessions(opened), None)  # the sums are reckoned anew from what was added
        yield opened


def _add_ways(engine: Engine) -> None:
    """What the books of the other tests have none of: ways, rings, channels, transfers, words."""
    chance = random.Random(11)
    with sessions(engine).begin() as session:
        newer = date(2026, 6, 12)  # in the middle of the period
        rates = [Rate("5000", 10_000, "EUR", direction=INBOUND),
                 Rate("6000", 10_000, "EUR", "carrier", INBOUND, valid_from=newer)]  # fmt: skip
        save_rates(session, rates, replace_all=True)
        for call in session.scalars(select(Call)):
            mine = {"node": call.node, "call_id": call.id}
            kinds = [("did", "5000", ""), ("hours", "office", "open")]
            kinds += [("menu", "main", "")] * chance.randrange(10) + [("queue", call.queue, "")]
            rang = [("agent_rang", "201", ""), ("no_answer", "201", "")][: chance.randrange(1, 3)]
            for number, (kind, name, detail) in enumerate(kinds + rang):
                said = {"kind": kind, "name": name, "detail": detail}
                agent = "1001" if (kind, name, detail) in rang else ""
                at = call.started_at + number
                session.add(CallEvent(**mine, **said, number=number, at=at, agent=agent))
            call.dialed = chance.choice(("+5000", "5000", "006000", "7000"))
            session.add(CallLeg(
                **mine, uniqueid=call.id, channel="PJSIP/trunk-carrier-1", party="carrier",
                role="customer", agent="", started_at=call.started_at,
                answered_at=chance.choice((None, call.started_at)), ended_at=call.ended_at,
                cause="16"))  # fmt: skip
            if not call.agent:
                continue
            word = chance.choice(("Solved", "Call back"))
            session.add(CallDispositionRow(**mine, agent=call.agent, queue=call.queue,
                                           disposition=word, set_at=call.started_at))  # fmt: skip
            if chance.random() < 0.2:
                session.add(CallTalk(**mine, number=2, queue=call.queue, agent="", phone="301",
                                     started_at=call.started_at + 90, ended_at=call.ended_at,
                                     talk_seconds=1.0, hold_seconds=0.0))  # fmt: skip
            if chance.random() < 0.2:
                session.add(DialAttemptRow(
                    id=f"{call.id[-20:]}", campaign="spring", number="1", mode="power",
                    agent="1001", node=call.node, reserved_at=call.started_at,
                    placed_at=call.started_at, call_id=call.id, disposition="Sold"))  # fmt: skip


def listed(engine: Engine, filters: dict[str, str]) -> int:
    with sessions(engine)() as session:
        return call_list(session, read_filters(filters, ROME).chosen).total


def is_count(column: Any, row: Any) -> bool:
    if column.unit == OF_METRIC:
        return METRICS[row.metric].unit == COUNT
    return bool(column.unit == COUNT)


@pytest.mark.parametrize("name", REPORTS)
def test_every_count_opens_to_its_calls(engine: Engine, name: str) -> None:
    report = REPORTS[name]
    asked = replace(ASKED, since=TO - 5 * 86_400) if name == "agent-activity" else ASKED
    with sessions(engine)() as session:
        rows = report.run(session, asked)
    opened: set[str] = set()
    for row in [*rows[:3], *rows[len(rows) // 2 :][:2]]:
        for column in report.columns:
            filters = behind(report, column, row, asked)
            if not filters:
                continue
            opened.add(column.name)
            value = value_of(column, row)
            # One call may hold two conversations; it is one line of the list.
            if value and is_count(column, row) and getattr(row, "metric", "") != "talks" \
                    and not (isinstance(column, Metric) and column.name == "talks"):  # fmt: skip
                assert listed(engine, filters) == value, (column.name, row, filters)
    assert MUST_OPEN.get(name, set()) <= opened


def test_a_change_opens_to_both_periods_and_a_channel_to_who_was_up(engine: Engine) -> None:
    report = REPORTS["comparison"]
    with sessions(engine)() as session:
        (row,) = [each for each in report.run(session, ASKED) if each.metric == "offered"]
        columns = {each.name: each for each in report.columns}
        found = {
            name: listed(engine, behind(report, columns[name], row, ASKED) or {})
            for name in ("value", "before", "change")
        }
    assert found["change"] == found["value"] + found["before"] > found["value"] > 0
    trunks = REPORTS["trunks"]
    with sessions(engine)() as session:
        line = trunks.run(session, replace(ASKED, by="hour"))[5]
    seconds = next(each for each in trunks.columns if each.name == "seconds")
    up = listed(engine, behind(trunks, seconds, line, ASKED) or {})
    assert up >= line.began > 0


def test_a_ring_opens_on_the_day_it_rang_though_its_call_is_of_the_day_before(
    engine: Engine,
) -> None:
    report = REPORTS["unanswered"]
    (rings,) = [each for each in report.columns if each.name == "rings"]
    with sessions(engine)() as session:
        at = session.scalar(
            select(CallEvent.at).where(CallEvent.kind == "agent_rang").order_by(CallEvent.at.desc())
        )
    assert at is not None
    late = replace(ASKED, since=at)  # the call began some seconds before
    with sessions(engine)() as session:
        (row,) = report.run(session, late)
    assert row.counts.rings == 1
    filters = behind(report, rings, row, late) or {}
    assert filters["from"] == local_text(at, ZONE)  # to the minute
    with sessions(engine)() as session:
        chosen = replace(read_filters(filters, ROME).chosen, since=at)
        assert call_list(session, chosen).total == 1
