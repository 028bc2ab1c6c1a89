"""A whole day of the dialer on a simulated clock, leads in every zone of the United States: no
phone rings before 8:00 or from 21:00 on where they are, or outside the narrower hours of their
state, nor on a holiday (which begins in Guam while it is still the day before in Honolulu), on
days too on which clocks change."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from callcenter.db.campaign_store import save_campaign
from callcenter.db.models import Base, DialAttemptRow, LeadListRow, LeadNumberRow, LeadRow
from callcenter.dialer.compliance.number_zones import dialable
from callcenter.dialing import campaigns, dialer, sending, settle, store
from callcenter.dialing.calls_up import CallUp
from callcenter.dialing.dialer import Dialer
from callcenter.dialing.outcome import Became
from callcenter.domain.campaign import Campaign, ListShare, RegionRule, RetryRule
from callcenter.domain.events import StepReached
from callcenter.domain.site import Holiday, Queue, Site, Trunk
from callcenter.settings import Settings
from tests.campaigns import ALWAYS

# The first and the last minute of each hour: there the law's borders lie.
OFFSETS = tuple(hour * 3600 + minute * 60 for hour in range(26) for minute in (0, 59))
# Who is called, and by hand, from the map: where that phone may be.
WHERE = {
    "+12122340100": ("America/New_York",),
    "+13122340100": ("America/Chicago",),
    "+13032340100": ("America/Denver",),
    "+16022340100": ("America/Phoenix",),  # no summer time
    "+12132340100": ("America/Los_Angeles",),
    "+19072340100": ("America/Anchorage", "America/Adak"),  # the Aleutians are an hour behind
    "+18082340100": ("Pacific/Honolulu",),
    "+17872340100": ("America/Puerto_Rico",),
    "+16712340100": ("Pacific/Guam",),
    "+17092340100": ("America/Goose_Bay", "America/St_Johns"),  # half an hour apart
}
MOVED = "+12122340199"  # a number of New York, and an address in California
TEXAN = "+15122340100"  # whose state opens later, on Sundays at noon, and reaches to El Paso
ADDRESSES = {MOVED: ("US", "CA", "90012"), TEXAN: ("US", "TX", "78701")}
TEXAS = (
    RegionRule("US-TX", (0, 1, 2, 3, 4, 5), time_of_day(9), time_of_day(21)),
    RegionRule("US-TX", (6,), time_of_day(12), time_of_day(21)),
)
# The days after those that are simulated: in Guam they begin while the others still last.
HOLIDAYS = (date(2026, 7, 16), date(2026, 3, 9), date(2026, 11, 2))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    shown = SimpleNamespace(now=0.0)
    simulated = SimpleNamespace(time=lambda: shown.now, monotonic=time.monotonic)
    for module in (dialer, campaigns, sending):
        monkeypatch.setattr(module, "time", simulated)
    return shown


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Dialer]:
    """The dialer's process without its loops: a floor of ready agents, and a carrier that only
    writes down what it was asked."""
    settings = Settings(home=tmp_path)
    made = Dialer(settings)
    Base.metadata.create_all(made._engine)
    made.site = Site(
        queues=(Queue("sales", "Sales"),), trunks=(Trunk("town", "Town", "192.0.2.1"),)
    )
    made.floor.agents = {
        str(1001 + n): {"queues": ["sales"], "state": "ready", "since": 0.0} for n in range(20)
    }
    made.floor.queues = {"sales": {"waiting": 0, "offered_today": 0}}
    made.why_not = lambda: ""  # type: ignore[method-assign]
    yield made
    made._database.shutdown()
    made._engine.dispose()


def prepare(runner: Dialer, now: float) -> None:
    campaign = Campaign(
        "day", "Day", "sales", mode="progressive", state="running", trunk="town",
        lists=(ListShare("day"),), rules="us", hours=ALWAYS, max_calls_per_second=100.0,
        retries=(RetryRule("no-answer", delay_seconds=0, attempts=1000),),
        attempts_per_number=1000, attempts_per_lead=1000,
        attempts_per_number_per_day=1000, attempts_per_lead_per_day=1000, regions=TEXAS,
        holidays=tuple(Holiday(each, "Day off") for each in HOLIDAYS),
    )  # fmt: skip
    with runner.sessions.begin() as session:
        listed = LeadListRow(name="day", title="Day", country="US", made_at=now)
        session.add(listed)
        session.flush()
        for number in (*WHERE, *ADDRESSES):
            address = ADDRESSES.get(number, ("", "", ""))
            zones = ",".join(dialable(number, "US", address).zones)
            lead = LeadRow(
                list_id=listed.id, next_number=number, zones=zones, made_at=now,
                country=address[0], region=address[1],
            )  # fmt: skip
            session.add(lead)
            session.flush()
            session.add(LeadNumberRow(lead_id=lead.id, position=0, number=number, zones=zones))
        save_campaign(session, campaign, now)
    runner.at_work["day"] = store.begin(runner.sessions, campaign, now)


async def whole_day(runner: Dialer, clock: SimpleNamespace, begins: float) -> None:
    asked: list[str] = []

    async def originate(headers: dict[str, object], _seconds: float) -> dict[str, str]:
        asked.append(str(headers["ChannelId"]))
        return {"Response": "Success"}

    runner._loop = asyncio.get_running_loop()
    runner.telephony.originate = originate  # type: ignore[method-assign,assignment]
    runner._link = True
    for offset in OFFSETS:
        clock.now = begins + offset
        await runner._tick()
        await asyncio.gather(*runner._tasks)
        for call in runner.calls.all():
            runner.calls.end(call, clock.now + 30)
            became = Became("no-answer", "19", ended_at=clock.now + 30)
            settle.write(runner.sessions, call.attempt, became, clock.now + 30, {})
            runner.calls.settled(call.attempt)
    with runner.sessions() as session:
        placed = set(session.scalars(select(DialAttemptRow.call_id)))
    assert len(asked) == len(set(asked))
    assert set(asked) == placed


@pytest.mark.parametrize(
    "day", [(2026, 7, 15), (2026, 3, 8), (2026, 11, 1)], ids=["summer", "forward", "back"]
)
def test_nobody_is_called_outside_hours_on_a_whole_day(
    runner: Dialer, clock: SimpleNamespace, day: tuple[int, int, int]
) -> None:
    begins = datetime(*day, tzinfo=UTC).timestamp()
    clock.now = begins
    prepare(runner, begins)
    asyncio.run(whole_day(runner, clock, begins))
    with runner.sessions() as session:
        calls = session.execute(select(DialAttemptRow.number, DialAttemptRow.placed_at)).all()
    by_number: dict[str, list[float]] = {}
    for number, placed_at in calls:
        by_number.setdefault(number, []).append(placed_at)
    where = WHERE | {
        MOVED: ("America/New_York", "America/Los_Angeles"),
        TEXAN: ("America/Chicago", "America/Denver"),
    }  # fmt: skip
    assert by_number.keys() == where.keys()
    for number, instants in by_number.items():
        for zone in where[number]:
            assert all(is_open(number, at, zone) for at in instants), (number, zone)
        expected = sum(
            all(is_open(number, at, zone) for zone in where[number])
            for at in (begins + offset for offset in OFFSETS)
        )
        assert len(instants) == expected, number  # nor is an hour lost in which they may be called


def is_open(number: str, at: float, zone: str) -> bool:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    opens = 8 if number != TEXAN else 12 if local.weekday() == 6 else 9
    return opens <= local.hour < 21 and local.date() not in HOLIDAYS


def test_a_machine_that_agents_take_is_learned_as_a_need_of_an_agent(
    runner: Dialer, clock: SimpleNamespace
) -> None:
    clock.now = datetime(2026, 7, 15, 18, tzinfo=UTC).timestamp()
    prepare(runner, clock.now)
    work = runner.at_work["day"]
    for action, needed in (("agent", True), ("message", False)):
        work.campaign = dataclasses.replace(work.campaign, machine_action=action)
        before = work.learned.people_among_answers
        call = CallUp(action * 2, action, "day", 1, True, clock.now, phase="detecting")
        runner.calls.add(call)
        runner.calls.take(
            StepReached(clock.now, action, "machine-detection", "machine", "900 MAXWORDS-4-3")
        )
        runner.calls.take(
            StepReached(clock.now, action, "queue", "sales", "")
            if needed
            else StepReached(clock.now, action, "campaign-message", "m", "machine")
        )
        assert (work.learned.people_among_answers > before) == needed


def test_a_campaign_that_breaks_does_not_end_the_calls_of_the_next(
    runner: Dialer, clock: SimpleNamespace
) -> None:
    clock.now = datetime(2026, 7, 15, 18, tzinfo=UTC).timestamp()
    prepare(runner, clock.now)
    good = runner.at_work["day"]
    broken = dataclasses.replace(good.campaign, name="broken", priority=9, filter="{")
    runner.at_work["broken"] = campaigns.AtWork(broken, good.learned, good.budget)

    async def once() -> None:
        runner._loop = asyncio.get_running_loop()
        await runner._tick()

    asyncio.run(once())
    assert runner.at_work["broken"].decision.reason.startswith("this campaign cannot be dialed")
    assert good.dialed > 0


def test_by_hand_the_board_knows_agents_and_lines_and_nothing_is_dialed(
    runner: Dialer, clock: SimpleNamespace
) -> None:
    clock.now = datetime(2026, 7, 15, 18, tzinfo=UTC).timestamp()
    prepare(runner, clock.now)
    work = runner.at_work["day"]
    work.campaign = dataclasses.replace(work.campaign, mode="preview")
    asyncio.run(runner._tick())
    board = work.message(runner.calls)
    assert (board["agents"], board["agents_ready"], board["dial"]) == (20, 20, 0)
    assert (board["reason"], board["free_lines"]) == ("agents dial by hand", 30)
