"""The one writer of the floor: takes events in order, rebuilds on every connect, publishes deltas.

Events are only enqueued by the link; a drain applies them in slices short enough that the loop
never stalls, and changes are published together at most `COALESCE_SECONDS` later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from callcenter.control.protocol import Message
from callcenter.controller.today import TodayCounts, no_counts
from callcenter.domain.errors import CallcenterError
from callcenter.domain.events import Event, SpyMode, TimePassed
from callcenter.domain.floor import Floor
from callcenter.domain.floor_agents import await_pause
from callcenter.domain.floor_handlers import apply
from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.floor_snapshot import differences, rebuild
from callcenter.pbx import resync
from callcenter.pbx.telephony import Pbx, Telephony

log = logging.getLogger(__name__)

COALESCE_SECONDS = 0.02
SLICE_SECONDS = 0.005
RESYNC_RETRY_SECONDS = 0.5
TICK_SECONDS = 1.0
_EVENTS_BETWEEN_LOOKS = 64  # at the clock
_COMPARE_TRIES = 4
_SPY_EXPECTED_SECONDS = 120.0


class LiveFloor:
    def __init__(
        self,
        plan: FloorPlan,
        publish: Callable[[Message], None],
        today_counts: TodayCounts = no_counts,
    ) -> None:
        self.floor = Floor(plan)
        self.pbx = Pbx(connected=False, since=time.time())
        self.version = 1
        self._publish = publish
        self._today_counts = today_counts
        self._events: deque[Event] = deque()
        self._last_event_at = 0.0
        self._pbx_changed = False
        self._draining = False
        self._flush_due = False
        self._holding = True  # until the first snapshot: events wait behind it
        self.rebuilt = asyncio.Event()  # for the first time
        self._resync: asyncio.Task[None] | None = None
        self._ticker: asyncio.Task[None] | None = None

    def start(self, telephony: Telephony) -> None:
        self._telephony = telephony
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        for task in (self._ticker, self._resync):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def enqueue(self, event: Event) -> None:
        """From the link. Never raises, never waits."""
        self._events.append(event)
        if not self._draining and not self._holding:
            self._draining = True
            asyncio.get_running_loop().call_soon(self._drain)

    def link_up(self) -> None:
        self._events.clear()
        self._holding = True
        if self._resync is not None:
            self._resync.cancel()
        self._resync = asyncio.create_task(self._resynchronise())

    def link_down(self) -> None:
        self._holding = True
        self._events.clear()
        if self._resync is not None:
            self._resync.cancel()
        log.warning("pbx_lost")
        self._set_pbx(Pbx(connected=False, since=time.time(), version=self.pbx.version))

    def look_again(self) -> None:
        """Rebuild while the link is up: after a change that Asterisk tells by no event."""
        if not self._holding:
            self._holding = True
            self._resync = asyncio.create_task(self._resynchronise())

    def now(self) -> float:
        return time.time()

    def expect_spy(self, spy: str, mode: SpyMode, target: str) -> None:
        """We are about to call a supervisor: this leg spies on `target` from its first event."""
        self.floor.expected_spies[spy] = (mode, target)
        asyncio.get_running_loop().call_later(
            _SPY_EXPECTED_SECONDS, self.floor.expected_spies.pop, spy, None
        )

    def await_pause(self, agent: str, reason: str | None) -> None:
        await_pause(self.floor, agent, reason, time.time())
        self._flush_soon()

    def lay_out(self, plan: FloorPlan) -> None:
        self.floor.lay_out(plan)
        self._flush_soon()

    def snapshot(self) -> Message:
        self._flush()
        head = {"type": "snapshot", "version": self.version, "at": time.time()}
        return head | {"pbx": _pbx_message(self.pbx)} | self.floor.as_message()

    async def differences(self) -> list[str]:
        """Between the floor and a fresh snapshot. Events are on their way while it is taken, so
        only what stays different is one."""
        found: list[str] = []
        for _ in range(_COMPARE_TRIES):
            now = await resync.take_snapshot(self._telephony, time.time())
            self._drain()
            found = differences(self.floor, now)
            if not found:
                break
            await asyncio.sleep(0.2)
        return found

    async def _resynchronise(self) -> None:
        while True:
            try:
                await self._rebuild()
                return
            except CallcenterError as error:
                log.warning("resync_failed", extra={"error": str(error)})
            except Exception:  # a floor that is never rebuilt would be worse than a loud log
                log.exception("resync_broke")
            await asyncio.sleep(RESYNC_RETRY_SECONDS)

    async def _rebuild(self) -> None:
        began = time.monotonic()
        # The counts before the snapshot: what happens in between is in the buffered events.
        today = await self._today_counts(self.floor.plan)
        now = await resync.take_snapshot(self._telephony, time.time())
        version = await resync.version_of(self._telephony)
        rebuild(self.floor, now)
        for queue, found in today.queues.items():
            self.floor.seed(queue, found)
        for agent, answered in today.answered_by_agent.items():
            self.floor.seed_agent(agent, answered)
        self._holding = False
        self.rebuilt.set()
        self._set_pbx(Pbx(connected=True, since=time.time(), version=version))
        self._draining = True
        self._drain()
        seconds = round(time.monotonic() - began, 3)
        log.info("floor_rebuilt", extra={"legs": len(now.legs), "seconds": seconds})

    def _drain(self) -> None:
        events, event = self._events, None
        until = time.perf_counter() + SLICE_SECONDS
        while events and time.perf_counter() < until:
            for _ in range(min(len(events), _EVENTS_BETWEEN_LOOKS)):
                event = events.popleft()
                self._apply(event)
        if event is not None:
            self._last_event_at = event.at
            self._flush_soon()
        self._draining = bool(events) and not self._holding
        if self._draining:
            asyncio.get_running_loop().call_soon(self._drain)

    def _apply(self, event: Event) -> None:
        try:
            apply(self.floor, event)
        except Exception:  # the next snapshot mends what one event broke
            log.exception("event_broke", extra={"event": repr(event)})

    def _flush_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_later(COALESCE_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        changed, removed = self.floor.take_changes()
        if self._pbx_changed:
            changed["pbx"] = _pbx_message(self.pbx)
            self._pbx_changed = False
        if not changed and not removed:
            return
        self.version += 1
        now = time.time()
        head = {"type": "delta", "version": self.version, "at": now}
        body = {"event_at": self._last_event_at or now, "set": changed, "remove": removed}
        self._publish(head | body)

    def _set_pbx(self, pbx: Pbx) -> None:
        # Still up after an unnoticed blink: since then, not since now.
        same = pbx.connected == self.pbx.connected
        self.pbx = replace(pbx, since=self.pbx.since) if same else pbx
        self._pbx_changed = True
        self._flush_soon()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if not self._holding:
                self.enqueue(TimePassed(time.time()))


def _pbx_message(pbx: Pbx) -> Message:
    return {"connected": pbx.connected, "since": pbx.since, "version": pbx.version}
