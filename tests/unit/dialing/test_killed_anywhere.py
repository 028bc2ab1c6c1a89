"""The dialer is killed at every instant of a call's life, one after the other: before and after
each commit and each order to Asterisk, between which nothing lasts. The next one goes on: nobody is
called twice, no lead is lost. (`tests/pbx/test_dialer.py` kills the process itself, at fewer
places.)"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base, DialAttemptRow, LeadRow
from callcenter.dialing import campaigns, dialer, sending, settle, store, upkeep
from callcenter.dialing.dialer import Dialer
from callcenter.domain.campaign import Campaign, RetryRule
from callcenter.domain.site import Queue, Site, Trunk
from callcenter.settings import Settings
from tests.campaigns import add_campaign
from tests.unit.dialing.test_place_and_settle import cel, ends
from tests.unit.ledger.ledger_books import NODE, feed

NOW = 1795446000.0
NUMBERS = ["+12025550100", "+12025550101"]
SITE = Site(queues=(Queue("sales", "Sales"),), trunks=(Trunk("town", "Town", "192.0.2.1"),))
OUT = Campaign(
    "out", "Out", "sales", mode="progressive", state="running", trunk="town",
    retries=(RetryRule("busy", 9000), RetryRule("lost", 9000)),
)  # fmt: skip


@dataclass
class Asterisk:
    """Makes the channels it is asked for, and remembers them as CEL does: for good."""

    made: list[str] = field(default_factory=list)
    told: int = 0

    def tell(self, settings: Settings, at: float) -> None:
        """The ledger reads of the calls since; everybody was busy."""
        engine = open_engine(settings.database)
        for call in self.made[self.told :]:
            feed(engine, [cel(call, at, "CHAN_START"), *ends(call, at + 1, 17)])
        self.told = len(self.made)
        engine.dispose()


@dataclass
class Life:
    """One process. `on_instant` is called wherever it might be killed."""

    settings: Settings
    asterisk: Asterisk
    clock: SimpleNamespace
    on_instant: Callable[[], None] = lambda: None

    def instant(self, *_: Any) -> None:
        self.on_instant()

    async def originate(self, headers: Any, _seconds: float) -> dict[str, str]:
        self.instant()
        self.asterisk.made.append(headers["ChannelId"])
        self.instant()
        return {"Response": "Failure"}  # busy; events of its channel came before

    def live(self) -> None:
        made = Dialer(self.settings)
        event.listen(made._engine, "commit", self.instant)
        made.site, made._link = SITE, True
        made.telephony.originate = self.originate  # type: ignore[method-assign, assignment]
        made.why_not = lambda: ""  # type: ignore[method-assign]
        made.floor.agents = {
            number: {"queues": ["sales"], "state": "ready", "since": 0.0}
            for number in ("1001", "1002")
        }
        made.floor.queues = {"sales": {}}
        try:
            asyncio.run(self._live(made))
        finally:
            made._database.shutdown()
            made._engine.dispose()

    async def _live(self, made: Dialer) -> None:
        """As a start does, then one round of each loop, and one when CEL has been silent long."""
        made._loop = asyncio.get_running_loop()
        now = self.clock.now
        settle.settle_never_sent(made.sessions, NODE, now)
        (known,), _ = store.campaigns(made.sessions)
        made.at_work["out"] = store.begin(made.sessions, known, now)
        await made._tick()
        for call in made.calls.all():
            call.started = True
        await asyncio.gather(*made._tasks)
        self.asterisk.tell(self.settings, now)
        await made._upkeep._settle()
        settle.settle_ended(made.sessions, NODE, now, lambda _: False, lambda _: {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    shown = SimpleNamespace(now=NOW)
    simulated = SimpleNamespace(time=lambda: shown.now, monotonic=lambda: shown.now)
    for module in (dialer, campaigns, sending, upkeep):
        monkeypatch.setattr(module, "time", simulated)
    return shown


def prepared(home: Path) -> Settings:
    home.mkdir()
    settings = Settings(home=home, node=NODE)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        add_campaign(session, OUT, NUMBERS)
    engine.dispose()
    return settings


def killed_everywhere(home: Path, clock: SimpleNamespace) -> list[tuple[Settings, Asterisk]]:
    """What each of the processes killed leaves behind: committed rows, and channels."""
    asterisk = Asterisk()
    left: list[tuple[Settings, Asterisk]] = []

    def leave() -> None:
        copy = home / str(len(left))
        shutil.copytree(home / "killed", copy)  # its journal too, without what is not committed
        left.append((Settings(home=copy, node=NODE), Asterisk([*asterisk.made], asterisk.told)))

    Life(prepared(home / "killed"), asterisk, clock, leave).live()
    return left


def test_nobody_is_called_twice_and_no_lead_is_lost(tmp_path: Path, clock: SimpleNamespace) -> None:
    outcomes: set[str] = set()
    left = killed_everywhere(tmp_path, clock)
    for instant, (settings, asterisk) in enumerate(left):
        asterisk.tell(settings, NOW + 5)
        for later in (60.0, 300.0):  # what nobody ever heard of is lost after two minutes
            clock.now = NOW + later
            Life(settings, asterisk, clock).live()
        engine = open_engine(settings.database)
        with sessions(engine)() as session:
            rows = session.scalars(select(DialAttemptRow)).all()
            leads = session.scalars(select(LeadRow)).all()
        engine.dispose()
        number = {row.call_id: row.number for row in rows if row.call_id}
        called = [number[call] for call in asterisk.made]
        assert len(called) == len(set(called)), f"called twice: killed at instant {instant}"
        lost = [row.number for row in rows if row.outcome == "lost"]
        assert sorted({*called, *lost}) == NUMBERS, f"not called: killed at instant {instant}"
        assert [(each.attempt, each.attempts, each.state) for each in leads] == [
            ("", 1, "open")
        ] * 2
        outcomes |= {row.outcome for row in rows}
    assert outcomes == {"busy", "lost", "unplaced"}
    assert len(left) == 8
