"""What the controller does when asked. `_table` is the map.

Each command checks the floor first, so that people are told what to do and not what Asterisk said;
then sends its actions once, within the deadline. The floor changes by the events that follow.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from callcenter.control.protocol import Message, Request, text
from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.open_lines import OpenLines
from callcenter.controller.pausing import Pausing
from callcenter.controller.requirements import (
    known_agent,
    refuse_failure,
    require_registered,
    signed_in,
)
from callcenter.controller.spying import Spying
from callcenter.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from callcenter.domain.floor import Floor
from callcenter.pbx import actions
from callcenter.pbx.telephony import Telephony

log = logging.getLogger(__name__)

Run = Callable[[Request], Awaitable[Message]]
_WITHOUT_PBX = ("status", "config_diff", "config_apply", "config_rollback")
_MAX_REASON = 80  # characters
_QUESTIONS = ("status", "compare", "config_diff")


class Commands:
    def __init__(
        self, live: LiveFloor, telephony: Telephony, pausing: Pausing, config: Mapping[str, Run]
    ) -> None:
        self._live = live
        self._telephony = telephony
        self._pausing = pausing
        self._spying = Spying(live, telephony)
        self._open_lines = OpenLines(live, telephony)
        self._table: dict[str, Run] = {
            "sign_in": self._sign_in,
            "sign_out": self._sign_out,
            "pause": self._pause,
            "unpause": self._unpause,
            "spy": self._spying.begin,
            "switch_spy": self._spying.switch,
            "stop_spy": self._spying.end,
            "hang_up": self._hang_up,
            "status": self._status,
            "compare": self._compare,
            **config,
        }

    async def execute(self, request: Request) -> Message:
        """Raises a domain error. Every command is logged with who gave it."""
        run = self._table.get(request.command)
        if run is None:
            known = ", ".join(sorted(self._table))
            raise InvalidInput(f"There is no command {request.command!r}; known are {known}.")
        if request.command not in _WITHOUT_PBX and not self._live.pbx.connected:
            raise Unavailable("Asterisk is not reachable. It is tried again by itself; wait.")
        result = await run(request)
        if request.command not in _QUESTIONS:
            given = {key: str(value)[:80] for key, value in request.arguments.items()}
            log.info(
                "command_done", extra={"command": request.command, "by": request.by, "given": given}
            )
        return result

    @property
    def _floor(self) -> Floor:
        return self._live.floor

    async def _sign_in(self, request: Request) -> Message:
        number, phone = text(request, "agent"), text(request, "phone")
        agent = known_agent(self._floor, number)
        planned = self._floor.plan.agent_queues.get(number, {})
        if not planned:
            raise Conflict(f"Agent {number} is in no queue. Add one under Agents, then sign in.")
        await require_registered(self._floor, phone)
        sitting = self._floor.agent_of_phone.get(phone, number)
        if sitting != number:
            raise Conflict(
                f"Agent {sitting} is signed in at phone {phone}. Sign them out, or choose another."
            )
        held = number in self._floor.plan.open_lines
        up = agent.open_line == held and (not held or self._floor.reach(agent) != "down")
        if agent.phone == phone and up and agent.queues.keys() == planned.keys():
            return {}
        if held:
            await self._open_lines.open(number, phone, request.deadline_seconds)
            return {}
        seconds = request.deadline_seconds
        answer = await self._telephony.originate(actions.sign_in(number, phone, seconds), seconds)
        refuse_failure(answer, f"Asterisk refused to sign agent {number} in at phone {phone}.")
        return {}

    async def _sign_out(self, request: Request) -> Message:
        agent = signed_in(self._floor, text(request, "agent"))
        seconds = request.deadline_seconds
        answer = await self._telephony.originate(actions.sign_out(agent.number, seconds), seconds)
        refuse_failure(answer, f"Asterisk refused to sign agent {agent.number} out.")
        return {}

    async def _pause(self, request: Request) -> Message:
        agent = signed_in(self._floor, text(request, "agent"))
        reason = text(request, "reason", required=False)[:_MAX_REASON]
        if request.arguments.get("after_call") is True:
            seconds = request.deadline_seconds
            return {"waits": await self._pausing.after_call(agent, reason, seconds)}
        await self._pausing.at_once(agent, reason, request.deadline_seconds)
        return {"waits": False}

    async def _unpause(self, request: Request) -> Message:
        agent = signed_in(self._floor, text(request, "agent"))
        self._pausing.drop(agent.number)
        headers = actions.pause(agent.phone, False, "", agent.open_line)
        await self._telephony.ask(headers, request.deadline_seconds)
        return {}

    async def _hang_up(self, request: Request) -> Message:
        call = self._floor.calls.get(text(request, "call"))
        origin = call.origin if call is not None else None
        if origin is None:
            raise NotFound("This call is over already.")
        await self._telephony.ask(actions.hang_up(origin.handle), request.deadline_seconds)
        return {}

    async def _status(self, request: Request) -> Message:
        pbx, floor = self._live.pbx, self._floor
        return {
            "pbx": {"connected": pbx.connected, "since": pbx.since, "version": pbx.version},
            "calls": sum(call.visible for call in floor.calls.values()),
            "agents_signed_in": sum(bool(agent.queues) for agent in floor.agents.values()),
            "waiting": sum(len(queue.waiting) for queue in floor.queues.values()),
        }

    async def _compare(self, request: Request) -> Message:
        return {"differences": await self._live.differences()}
