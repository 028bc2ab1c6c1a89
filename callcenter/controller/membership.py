"""Agents who are signed in while the site changes: their queues become what the site says now."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable

from callcenter.controller.live_floor import LiveFloor
from callcenter.domain.errors import CallcenterError
from callcenter.domain.events import AgentSignedIn
from callcenter.domain.floor_plan import FloorPlan
from callcenter.pbx import actions, resync
from callcenter.pbx.telephony import Telephony

log = logging.getLogger(__name__)

Member = tuple[AgentSignedIn, int]  # with its penalty
# A generation is in force a moment before Asterisk has read all of it.
TRIES, RETRY_SECONDS = 15, 1.0
_SECONDS = 5.0


def out_of_step(members: Iterable[Member], plan: FloorPlan) -> set[str]:
    """Agents whose queues or penalties are not those of the plan."""
    have: dict[str, dict[str, int]] = {}
    for member, penalty in members:
        have.setdefault(member.agent, {})[member.queue] = penalty
    return {agent for agent, queues in have.items() if queues != plan.agent_queues.get(agent, {})}


def half_paused(members: Iterable[Member]) -> dict[str, AgentSignedIn]:
    """Agents paused in some of their queues only (a new one was added): one that is."""
    mine: dict[str, list[AgentSignedIn]] = {}
    for member, _ in members:
        mine.setdefault(member.agent, []).append(member)
    return {
        agent: next(one for one in each if one.paused)
        for agent, each in mine.items()
        if any(one.paused for one in each) and not all(one.paused for one in each)
    }


class Membership:
    def __init__(self, live: LiveFloor, telephony: Telephony) -> None:
        self._live = live
        self._telephony = telephony

    async def align(self, tries: int = TRIES) -> None:
        """The dialplan does it, under its lock: who signs out meanwhile stays signed out."""
        gone = {number for number, agent in self._live.floor.agents.items() if agent.queues}
        for _ in range(tries):
            try:
                if await self._align_once(gone):
                    self._live.look_again()
                    return
            except CallcenterError as error:
                log.warning("queues_not_aligned", extra={"error": str(error)})
            gone = set()
            await asyncio.sleep(RETRY_SECONDS)
        log.warning("queues_differ_from_site")

    async def align_at_start(self) -> None:
        """A configuration may have been applied while no controller ran."""
        await self._live.rebuilt.wait()
        for _ in range(TRIES):  # a busy Asterisk may not answer at once
            try:
                await self._align_once(set())
                return
            except CallcenterError as error:
                log.warning("queues_not_aligned", extra={"error": str(error)})
            await asyncio.sleep(RETRY_SECONDS)

    async def _align_once(self, gone: set[str]) -> bool:
        """`gone`: who was signed in before; without any membership left, their queue is gone."""
        members = await resync.members_now(self._telephony, time.time())
        wrong = out_of_step(members, self._live.floor.plan)
        left = gone - {member.agent for member, _ in members}
        for agent in sorted(wrong | left):
            await self._telephony.originate(actions.align(agent, _SECONDS), _SECONDS)
        if wrong:
            log.info("queues_aligned", extra={"agents": sorted(wrong)})
        for one in half_paused(members).values():
            headers = actions.pause(one.phone, True, one.reason, one.open_line)
            await self._telephony.ask(headers, _SECONDS)
        return not wrong
