"""A pause that waits for the call on its way, without Asterisk: when it begins, and that nothing
which is away or slow delays it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callcenter.control.fake import FakeController
from callcenter.controller import pausing as subject
from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.pausing import Pausing
from callcenter.domain import events as e
from callcenter.domain.agent import Agent
from callcenter.domain.errors import Unavailable
from callcenter.domain.floor_handlers import apply
from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.pause_to_come import next_step
from callcenter.pbx.telephony import Pbx
from tests.stack import eventually

NUMBER = "1001"


class Desk:
    """One agent, signed in and ready; a dialer that says what `awaited_until` holds."""

    def __init__(self, folder: Path, dialer: FakeController) -> None:
        self.dialer, self.kept = dialer, folder / "pauses-to-come.json"
        self.awaited_until: dict[str, float] = {NUMBER: time.time() + 60}
        dialer.answers["awaited"] = lambda _request: {"until": self.awaited_until}
        self.sent: list[dict[str, Any]] = []
        self.refuses = False
        self.live = LiveFloor(FloorPlan(agents={NUMBER: "Al"}), lambda _message: None)
        self.live.pbx = Pbx(connected=True, since=0.0)
        self.live.rebuilt.set()
        self.tell(e.AgentSignedIn(1.0, NUMBER, "sales", "201", False, ""))
        self.pausing = Pausing(self.live, self, folder / "dialer.sock", self.kept)  # type: ignore[arg-type]

    def tell(self, event: e.Event) -> None:
        apply(self.live.floor, event)
        self.live.floor.take_changes()

    async def ask(self, headers: dict[str, Any], seconds: float) -> dict[str, str]:
        """As Asterisk does: the event follows the order."""
        if self.refuses:
            raise Unavailable("Asterisk is not reachable.")
        self.sent.append(dict(headers))
        paused = headers["Paused"] == "true"
        self.tell(e.AgentPaused(2.0, NUMBER, "sales", paused, headers.get("Reason", "")))
        return {}

    @property
    def agent(self) -> Agent:
        return self.live.floor.agents[NUMBER]

    async def press(self, reason: str = "Lunch") -> bool:
        return await self.pausing.after_call(self.agent, reason, 5.0)

    async def until(self, reached: Callable[[], bool]) -> None:
        await asyncio.to_thread(eventually, reached, 10, "the state waited for")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(subject, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(subject, "DIALER_SECONDS", 60.0)
    with FakeController(tmp_path / "dialer.sock") as dialer:

        async def made() -> Desk:
            return Desk(tmp_path, dialer)

        yield asyncio.run(made())


def run(desk: Desk, story: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        watching = asyncio.create_task(desk.pausing.watch())
        try:
            await story()
        finally:
            watching.cancel()

    asyncio.run(played())


def test_it_waits_and_begins_when_no_call_needs_them(desk: Desk) -> None:
    async def story() -> None:
        assert await desk.press()
        assert (desk.agent.pausing, desk.sent) == ("after-call-on-its-way", [])
        assert list(json.loads(desk.kept.read_text())) == [NUMBER]
        desk.awaited_until = {}
        await desk.until(lambda: not desk.kept.exists())
        assert [each["Reason"] for each in desk.sent] == ["Lunch"]
        assert (desk.agent.paused, desk.agent.pause_to_come) == (True, None)

    run(desk, story)


@pytest.mark.parametrize("answer", [{}, {"until": None}, Unavailable("The floor is stale.")])
def test_whatever_the_dialer_answers_a_pause_begins(desk: Desk, answer: Any) -> None:
    desk.dialer.answers["awaited"] = answer

    async def story() -> None:
        assert not await desk.press()
        assert desk.agent.paused

    run(desk, story)


def test_a_dialer_that_is_slow_or_away_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "DIALER_SECONDS", 0.05)

    def slow(_request: Any) -> dict[str, Any]:
        time.sleep(0.5)
        return {"until": desk.awaited_until}

    desk.dialer.answers["awaited"] = slow

    async def story() -> None:
        assert not await desk.press()
        assert desk.agent.paused

    run(desk, story)


def test_pressed_again_it_begins_at_once_with_the_reason_given_last(desk: Desk) -> None:
    async def story() -> None:
        assert await desk.press("Lunch")
        assert not await desk.press("Break")
        assert [each["Reason"] for each in desk.sent] == ["Break"]
        assert not desk.kept.exists()

    run(desk, story)


def test_pressed_again_while_the_dialer_is_asked_it_begins_once(desk: Desk) -> None:
    async def story() -> None:
        assert await asyncio.gather(desk.press("Lunch"), desk.press("Break")) == [False, False]
        assert [each["Reason"] for each in desk.sent] == ["Break"]
        assert desk.agent.pause_to_come is None

    run(desk, story)


def test_it_begins_when_its_time_is_over_whatever_the_dialer_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "MOST_SECONDS", 0.1)

    async def story() -> None:
        assert await desk.press()
        await desk.until(lambda: desk.agent.paused)

    run(desk, story)


def test_who_takes_calls_again_or_signs_out_is_not_paused_later(desk: Desk) -> None:
    async def story() -> None:
        for event in (
            e.AgentPaused(3.0, NUMBER, "sales", False, ""),  # *14
            e.AgentSignedOut(3.0, NUMBER, "sales"),
        ):
            assert await desk.press()
            desk.tell(event)
            await desk.until(lambda: not desk.kept.exists())
        assert desk.sent == []

    run(desk, story)


def test_asterisk_away_puts_it_off_and_loses_nothing(desk: Desk) -> None:
    async def story() -> None:
        assert await desk.press()
        desk.refuses, desk.awaited_until = True, {}
        with pytest.raises(Unavailable):
            await desk.press()
        asked = len(desk.dialer.requests)
        await desk.until(lambda: len(desk.dialer.requests) > asked + 1)
        assert desk.agent.pause_to_come == "Lunch"
        desk.refuses = False
        await desk.until(lambda: desk.agent.paused)

    run(desk, story)


def test_the_next_controller_begins_what_a_killed_one_left(desk: Desk) -> None:
    left = {"reason": "Lunch", "asked_at": time.time() - 20, "until": time.time() + 5}
    desk.kept.write_text(json.dumps({NUMBER: left, "4242": left}))

    async def story() -> None:
        await desk.until(lambda: not desk.kept.exists())
        assert [each["Reason"] for each in desk.sent] == ["Lunch"]
        assert desk.agent.paused

    run(desk, story)


def test_what_a_killed_controller_left_is_tried_until_asterisk_takes_it(desk: Desk) -> None:
    left = {"reason": "Lunch", "asked_at": time.time() - 20, "until": time.time() + 5}
    desk.kept.write_text(json.dumps({NUMBER: left}))
    desk.refuses = True

    async def story() -> None:
        await desk.until(lambda: len(desk.dialer.requests) > 1)
        assert desk.agent.pausing == "after-call-on-its-way", "nothing is dialed for them"
        assert list(json.loads(desk.kept.read_text())) == [NUMBER], "for the one after this one"
        desk.refuses = False
        await desk.until(lambda: desk.agent.paused)

    run(desk, story)


@pytest.mark.parametrize(
    "text", ["[]", '{"1001": 1}', '{"1001": {"reason": "", "asked_at": null}}']
)
def test_what_cannot_be_read_of_it_stops_no_later_pause(desk: Desk, text: str) -> None:
    desk.kept.write_text(text)

    async def story() -> None:
        assert await desk.press()
        desk.awaited_until = {}
        await desk.until(lambda: desk.agent.paused)

    run(desk, story)


def test_a_disk_that_is_full_makes_it_begin(desk: Desk) -> None:
    desk.kept.mkdir()

    async def story() -> None:
        assert not await desk.press()
        assert desk.agent.paused

    run(desk, story)


@pytest.mark.parametrize(
    ("state", "needed", "too_late", "step"),
    [
        ("ready", True, False, "wait"),
        ("wrap_up", True, False, "wait"),
        ("ready", False, False, "begin"),
        ("ready", True, True, "begin"),
        ("talking", True, False, "begin"),  # the call on its way, or another: no second one
        ("unreachable", True, False, "begin"),
    ],
)
def test_each_step(state: Any, needed: bool, too_late: bool, step: str) -> None:
    agent = Agent(NUMBER, "Al", queues={"sales": None}, pause_to_come="Lunch", state=state)
    assert next_step(agent, needed, too_late) == step
    agent.pauses["sales"] = "Lunch"
    assert next_step(agent, needed, too_late) == "drop"
