"""Nothing is dialed while the state of the rules is not known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from callcenter.db.engine import sessions
from callcenter.db.models import Base
from callcenter.dialing import settle, store
from callcenter.dialing.clock_watch import DOUBT_SECONDS, ClockWatch
from callcenter.dialing.dialer import Dialer
from callcenter.dialing.outcome import Became
from callcenter.dialing.upkeep import LOOKING, SETTLING
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import Conflict, NotFound
from callcenter.settings import Settings
from tests.campaigns import add_campaign
from tests.unit.dialer.books import books
from tests.unit.simulation.dialed_day import campaign_row, write_day


def test_a_clock_that_was_set_is_doubted_for_a_minute() -> None:
    watch = ClockWatch()
    watch.look(1000.0, 10.0)
    watch.look(1060.5, 70.0)  # steered, not set
    assert watch.why_doubted(70.0) == ""
    watch.look(-2539.5, 70.5)
    assert "set back by 3,600 s" in watch.why_doubted(71.0)
    watch.look(-2479.5, 130.5)
    assert watch.why_doubted(70.5 + DOUBT_SECONDS) == ""
    watch.look(4720.5, 131.0)  # the machine slept
    assert "forward by 7,200 s" in watch.why_doubted(131.5)


@pytest.fixture
def dialer(tmp_path: Path) -> Iterator[Dialer]:
    """All is well but for what a test does to it."""
    made = Dialer(Settings(home=tmp_path))
    Base.metadata.create_all(made._engine)
    made._link = made._recovered = True
    made.floor.why_unusable = lambda: ""  # type: ignore[method-assign]
    made.books.why_behind = lambda: ""  # type: ignore[method-assign]
    yield made
    made._database.shutdown()
    made._engine.dispose()


def once(dialer: Dialer, what: str, work: Callable[[], Any]) -> None:
    """One round of one of its loops."""

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(dialer._every(60.0, what, work), 0.05)

    asyncio.run(run())


async def fine() -> None:
    pass


def fails(error: Exception) -> Callable[[], Any]:
    async def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("select", {}, Exception("disk is full")), "database does not answer"),
        (NotFound("there is no dial attempt x"), "no dial attempt x"),
        (ValueError("nobody thought of this"), "settling broke"),
    ],
)
def test_it_stops_while_what_became_of_calls_cannot_be_read(
    dialer: Dialer, error: Exception, said: str
) -> None:
    assert "not read yet" in dialer.why_not() or "could not be read" in dialer.why_not()
    dialer.looked()
    once(dialer, LOOKING, fine)
    assert "became of the last calls was not read yet" in dialer.why_not()
    once(dialer, SETTLING, fine)
    assert dialer.why_not() == ""
    once(dialer, SETTLING, fails(error))
    dialer.looked()
    once(dialer, LOOKING, fine)
    assert said in dialer.why_not(), "that campaigns can be read does not make it right"
    once(dialer, SETTLING, fine)
    assert dialer.why_not() == ""
    once(dialer, "saving decisions", fails(error))
    assert dialer.why_not() == "", "the chart is no rule"


def test_a_campaign_that_joins_is_counted_while_nothing_is_settled(
    dialer: Dialer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what is settled meanwhile counts twice, or not at all until the next count."""
    upkeep, locked = dialer._upkeep, []
    campaign = Campaign("fast", "Fast", "sales", state="running", rules="none")
    with dialer.sessions.begin() as session:
        add_campaign(session, campaign, ["+12025550100"])
    begin = store.begin

    def counted(*arguments: Any) -> Any:
        locked.append(upkeep._counting.locked())
        return begin(*arguments)

    monkeypatch.setattr(store, "begin", counted)

    async def look() -> None:
        dialer._loop = asyncio.get_running_loop()
        await upkeep._look()

    asyncio.run(look())
    assert (list(dialer.at_work), locked) == (["fast"], [True])


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ('{"of_next_year": 1}', "of_next_year: unknown key"),
        ("[]", "settings"),
        ('{"rules": ', "Expecting value"),
        ('{"rules": "mars"}', "rules: must be one of"),
    ],
)
def test_a_campaign_that_cannot_be_read_stops_alone(
    dialer: Dialer, caplog: pytest.LogCaptureFixture, spoiled: str, said: str
) -> None:
    """As when a newer version saved it: its board says why, the others go on."""
    with dialer.sessions.begin() as session:
        for name in ("fast", "slow"):
            made = Campaign(name, name.title(), "sales", state="running", mode="power")
            add_campaign(session, made, [])

    def look() -> None:
        async def run() -> None:
            dialer._loop = asyncio.get_running_loop()
            await dialer._upkeep._look()

        asyncio.run(run())

    def spoil(settings: str) -> None:
        with dialer.sessions.begin() as session:
            query = text("update campaigns set settings = :settings where name = 'slow'")
            session.execute(query, {"settings": settings})

    with dialer.sessions() as session:
        query = text("select settings from campaigns where name = 'slow'")
        sound = session.scalar(query)
    look()
    assert list(dialer.at_work) == ["fast", "slow"]
    spoil(spoiled)
    dialer._problems.clear()
    look()
    look()
    assert (list(dialer.at_work), dialer.why_not()) == (["fast"], "")
    board = dialer.board()["campaigns"]
    assert said in board["slow"]["reason"]
    assert set(board["slow"]) == set(board["fast"])
    assert dialer.campaigns["slow"].queue == "sales", "its calls still ring for these agents"
    told = [each for each in caplog.records if each.message == "campaign_put_aside"]
    assert [each.campaign for each in told] == ["slow"]  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="campaign slow"):
        dialer.commands._work("slow")
    spoil(sound)
    look()
    assert (sorted(dialer.at_work), dialer.put_aside) == (["fast", "slow"], {})


def test_a_campaign_that_cannot_be_counted_stops_alone(
    dialer: Dialer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = store.begin

    def broken(sessions: Any, campaign: Campaign, now: float) -> Any:
        if campaign.name == "fast":
            raise ValueError("nobody thought of this")
        return begin(sessions, campaign, now)

    monkeypatch.setattr(store, "begin", broken)
    with dialer.sessions.begin() as session:
        for name in ("fast", "slow"):
            add_campaign(session, Campaign(name, name, "sales", state="running"), [])

    async def look() -> None:
        dialer._loop = asyncio.get_running_loop()
        await dialer._upkeep._look()

    asyncio.run(look())
    assert (list(dialer.at_work), list(dialer.put_aside)) == (["slow"], ["fast"])
    assert "nobody thought of this" in dialer.put_aside["fast"]


def test_a_clock_that_is_set_stops_it(dialer: Dialer, monkeypatch: pytest.MonkeyPatch) -> None:
    dialer.looked()
    dialer._problems.clear()
    asyncio.run(dialer._tick())
    assert dialer.why_not() == ""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    asyncio.run(dialer._tick())
    assert "the clock was set back" in dialer.why_not()


def test_one_call_that_cannot_be_settled_holds_no_other_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with books() as engine:
        made = sessions(engine)
        with made.begin() as session:
            session.add(campaign_row())
            write_day(session, dials=4, seconds=4)
            session.execute(settle.update(settle.DialAttemptRow).values(outcome="", ended_at=None))
        seen: list[str] = []

        def became(_sessions: Any, _node: str, row: Any, *_: Any) -> Became:
            seen.append(row.id)
            if len(seen) == 2:
                raise ValueError("a fact nobody knows")
            if len(seen) == 4:
                raise OperationalError("select", {}, Exception("gone"))
            return Became("busy", "17")

        monkeypatch.setattr(settle, "_ended", became)

        def settled() -> list[str]:
            found = settle.settle_ended(made, "pbx1", 9e9, lambda _: False, lambda _: {})
            return [each.attempt for each in found]

        # The database went away at the last: those before are told, or nobody would count them.
        assert settled() == [seen[0], seen[2]]
        assert settled() == [seen[1], seen[3]]
