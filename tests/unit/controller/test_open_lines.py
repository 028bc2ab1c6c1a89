"""Signing in to an open line calls the phone once, however often it is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from callcenter.control.protocol import Request
from callcenter.controller.commands import Commands
from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.pausing import Pausing
from callcenter.domain import events as e
from callcenter.domain.errors import Conflict
from callcenter.domain.floor_handlers import apply
from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.site import Queue
from callcenter.pbx.actions import Headers
from callcenter.pbx.telephony import Answer, Pbx

PLAN = FloorPlan(
    agents={"1001": "Ann"},
    queues={"support": Queue("support", "Support")},
    agent_queues={"1001": {"support": 0}},
    phones={"201": True},
    open_lines=frozenset({"1001"}),
)
SIGN_IN = Request("sign_in", {"agent": "1001", "phone": "201"})


class Ringing:
    """A telephone system whose phone rings until it is picked up."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.rings: asyncio.Queue[str] = asyncio.Queue()
        self.picked_up = asyncio.Event()

    async def originate(self, headers: Headers, seconds: float) -> Answer:
        self.called.append(str(headers["Channel"]))
        self.rings.put_nowait(self.called[-1])
        await self.picked_up.wait()
        return {"Response": "Success"}

    async def ask(self, headers: Headers, seconds: float) -> Answer:
        raise AssertionError(headers)

    async def ask_list(self, headers: Headers, seconds: float) -> Sequence[Answer]:
        raise AssertionError(headers)


class Desk:
    """Ann, and a controller of hers."""

    def __init__(self) -> None:
        self.pbx = Ringing()
        self.live = LiveFloor(PLAN, lambda message: None)
        self.live.pbx = Pbx(connected=True, since=time.time())
        self.happens(e.LineStateChanged(1, "phone", "201", "free"))
        pausing = Pausing(self.live, self.pbx, Path("no-dialer"), Path("nothing-kept"))
        self.commands = Commands(self.live, self.pbx, pausing, {})

    def happens(self, *events: e.Event) -> None:
        for event in events:
            apply(self.live.floor, event)
        self.live.floor.take_changes()

    def on_the_line(self, leg: str) -> None:
        self.happens(
            e.LegStarted(2, leg, leg, f"PJSIP/201-{leg}", "phone", "201", "", "", "", True),
            e.AgentSignedIn(2, "1001", "support", "201", False, "", open_line=True),
            e.StepReached(2, leg, "agent", "1001", "open-line"),
        )

    async def calling(self) -> asyncio.Task[object]:
        asked = asyncio.create_task(self.commands.execute(SIGN_IN))
        await asyncio.wait_for(self.pbx.rings.get(), 60)
        return asked

    @property
    def state(self) -> str:
        return self.live.floor.agents["1001"].state


def test_the_phone_is_called_once_until_it_is_on_the_line_and_while_that_is_watched() -> None:
    async def twice() -> None:
        desk = Desk()
        first = await desk.calling()
        with pytest.raises(Conflict, match="201 is being called"):
            await desk.commands.execute(SIGN_IN)
        desk.pbx.picked_up.set()
        await asyncio.sleep(0)
        with pytest.raises(Conflict, match="201 is being called"):
            await desk.commands.execute(SIGN_IN)  # picked up, and the floor has not heard of it
        desk.on_the_line("a")
        assert await first == {}
        assert desk.state == "connecting"
        assert await desk.commands.execute(SIGN_IN) == {}
        assert desk.pbx.called == ["PJSIP/201"]

    asyncio.run(twice())


def test_a_line_that_is_gone_is_opened_again() -> None:
    async def again() -> None:
        desk = Desk()
        desk.pbx.picked_up.set()
        desk.on_the_line("a")
        desk.happens(e.LineStateChanged(3, "line", "1001", "free"))
        assert desk.state == "ready"
        desk.happens(e.LegEnded(4, "a"), e.LineStateChanged(4, "line", "1001", "unreachable"))
        assert desk.state == "unreachable"
        asked = await desk.calling()
        desk.on_the_line("b")
        assert await asked == {}

    asyncio.run(again())


def test_a_phone_that_was_not_picked_up_may_be_called_again() -> None:
    async def again() -> None:
        desk = Desk()
        first = await desk.calling()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        desk.pbx.picked_up.set()
        second = await desk.calling()
        desk.on_the_line("a")
        assert await second == {}

    asyncio.run(again())
