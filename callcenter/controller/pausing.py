"""Pauses that wait for the call on its way to the agent: the dialer knows of it, we carry it out.

Whatever goes wrong makes a pause begin at once: a dialer that does not answer, a disk that is full,
a controller that ended meanwhile (the next one finds what waited in a file).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from callcenter.control.client import ControlClient
from callcenter.controller.live_floor import LiveFloor
from callcenter.domain.agent import Agent
from callcenter.domain.errors import CallcenterError
from callcenter.domain.events import PauseAsked
from callcenter.domain.pause_to_come import WAITS_IN, next_step
from callcenter.pbx import actions
from callcenter.pbx.telephony import Telephony

log = logging.getLogger(__name__)

DIALER_SECONDS = 2.0  # a dialer that takes longer is not waited for
LOOK_SECONDS = 0.5
MOST_SECONDS = 180.0  # whatever the dialer says
FORGOTTEN_SECONDS = 600.0  # what a controller left that ended so long ago is not wanted any more
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Waiting:
    reason: str
    asked_at: float
    until: float


class Pausing:
    def __init__(
        self, live: LiveFloor, telephony: Telephony, dialer_socket: Path, kept: Path
    ) -> None:
        self._live = live
        self._telephony = telephony
        self._dialer = ControlClient(dialer_socket)
        self._kept = kept
        self._waiting: dict[str, Waiting] = {}  # by agent
        self._asking: set[str] = set()

    async def after_call(self, agent: Agent, reason: str, seconds: float) -> bool:
        """Whether the pause waits; if not, it has begun. Asked again, it begins."""
        number = agent.number
        again = number in self._waiting or number in self._asking
        if again or agent.paused or agent.state not in WAITS_IN:
            await self.at_once(agent, reason, seconds)
            return False
        self._asking.add(number)
        now = time.time()
        until = (await self._awaited({number: now})).get(number, 0.0)
        if number not in self._asking:
            return False  # meanwhile they asked again, or take calls again
        self._asking.discard(number)
        if until > now and self._wait(number, Waiting(reason, now, min(until, now + MOST_SECONDS))):
            return True
        await self.at_once(agent, reason, seconds)
        return False

    async def at_once(self, agent: Agent, reason: str, seconds: float) -> None:
        """Raises a domain error; a pause that waited then still does."""
        self._asking.discard(agent.number)
        headers = actions.pause(agent.phone, True, reason, agent.open_line)
        await self._telephony.ask(headers, seconds)
        self.drop(agent.number)

    async def by_phone(self, asked: PauseAsked) -> None:
        """The dialplan waits a moment for our word, then pauses by itself."""
        agent = self._live.floor.agents.get(asked.agent)
        if agent is None or not agent.queues:
            return
        try:
            waits = await self.after_call(agent, asked.reason, DIALER_SECONDS)
            word = actions.tell_pause(asked.handle, waits)
            await self._telephony.ask(word, DIALER_SECONDS)
        except CallcenterError as error:
            log.warning("phone_pause_unanswered", extra={"agent": asked.agent, "why": str(error)})

    def drop(self, number: str) -> None:
        self._asking.discard(number)
        if self._waiting.pop(number, None) is not None:
            self._live.await_pause(number, None)
            self._keep()

    async def watch(self) -> None:
        """For ever: each pause begins when no call needs its agent any more."""
        await self._live.rebuilt.wait()
        self._take_left()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self._waiting and self._live.pbx.connected:
                    await self._look()
            except Exception:  # the other agents' pauses must begin, too
                log.exception("pauses_broke")

    async def _look(self) -> None:
        looked_at = dict(self._waiting)
        until = await self._awaited({})
        for number, waiting in looked_at.items():
            if self._waiting.get(number) is not waiting:
                continue
            agent = self._live.floor.agents.get(number)
            step = next_step(agent, number in until, time.time() >= waiting.until)
            if step == "drop":
                self.drop(number)
            elif step == "begin" and agent is not None:
                await self._begin(agent, waiting.reason)

    async def _begin(self, agent: Agent, reason: str) -> None:
        """Kept until the floor shows it: who is about to pause must not look free in between."""
        headers = actions.pause(agent.phone, True, reason, agent.open_line)
        try:
            await self._telephony.ask(headers, _PAUSE_SECONDS)
        except CallcenterError as error:
            log.warning("pause_not_begun", extra={"agent": agent.number, "why": str(error)})

    async def _awaited(self, more: Mapping[str, float]) -> Mapping[str, float]:
        """Agent → when the last call that may need them is over; nobody, when the dialer does not
        say. All who wait are named: the first to ask is the first to go."""
        asked = {**{number: each.asked_at for number, each in self._waiting.items()}, **more}
        ask = asyncio.to_thread(
            self._dialer.request, "awaited", {"agents": asked}, deadline_seconds=DIALER_SECONDS
        )
        try:
            answer = await asyncio.wait_for(ask, DIALER_SECONDS)
            return {number: float(until) for number, until in answer["until"].items()}
        except Exception as error:  # nobody's pause fails for it
            log.info("pauses_do_not_wait", extra={"why": str(error) or "the dialer is slow"})
            return {}

    def _wait(self, number: str, waiting: Waiting) -> bool:
        self._waiting[number] = waiting
        if not self._keep():
            del self._waiting[number]
            return False
        self._live.await_pause(number, waiting.reason)
        return True

    def _keep(self) -> bool:
        """For the next controller, should this one be killed."""
        rows = {number: asdict(each) for number, each in self._waiting.items()}
        try:
            if rows:
                fresh = self._kept.with_name(f"{self._kept.name}.new")
                fresh.write_text(json.dumps(rows))
                fresh.replace(self._kept)
            else:
                self._kept.unlink(missing_ok=True)
        except OSError as error:
            log.warning("pauses_not_kept", extra={"why": str(error)})
            return False
        return True

    def _take_left(self) -> None:
        """What an earlier controller left: its agents have waited long enough. It stays kept until
        it has begun, and is tried until then."""
        left: dict[str, Waiting] = {}
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            rows = json.loads(self._kept.read_text())
            left = {
                number: Waiting(str(row["reason"]), float(row["asked_at"]), until=0.0)
                for number, row in rows.items()
            }
        for number, waiting in left.items():
            agent = self._live.floor.agents.get(number)
            recent = time.time() - waiting.asked_at < FORGOTTEN_SECONDS
            if recent and agent is not None and agent.queues and not agent.paused:
                self._waiting.setdefault(number, waiting)
                self._live.await_pause(number, waiting.reason)
        self._keep()
