"""Listen, whisper, barge: one leg to the supervisor's phone, its mode switched by digits."""

from __future__ import annotations

import secrets

from callcenter.control.protocol import Message, Request, text
from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.requirements import refuse_failure, require_registered
from callcenter.domain.call import Call, Leg
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.events import SpyMode
from callcenter.domain.floor import Floor
from callcenter.pbx import actions
from callcenter.pbx.telephony import Telephony
from callcenter.pbx.translate import SPY_PREFIX

RING_SECONDS = 20.0
MODES: tuple[SpyMode, ...] = ("listen", "whisper", "barge")


class Spying:
    def __init__(self, live: LiveFloor, telephony: Telephony) -> None:
        self._live = live
        self._telephony = telephony

    async def begin(self, request: Request) -> Message:
        """Answers once the supervisor's phone has answered; the deadline covers the ringing.
        Meanwhile the floor shows the spy, so that it can be stopped."""
        floor = self._live.floor
        mode, phone = _mode(request), text(request, "supervisor_phone")
        target = _agent_leg(floor, text(request, "call"))
        await require_registered(floor, phone)
        if target.line == phone:
            raise Conflict(f"Phone {phone} is in this call itself. Choose another phone.")
        spy = SPY_PREFIX + secrets.token_hex(8)
        self._live.expect_spy(spy, mode, target.id)
        seconds = min(request.deadline_seconds, RING_SECONDS)
        headers = actions.spy(
            spy, phone, target.handle, mode, seconds, floor.plan.phones.get(phone, False)
        )
        answer = await self._telephony.originate(headers, request.deadline_seconds)
        refuse_failure(answer, f"Phone {phone} did not take the call.")
        return {"spy": spy}

    async def switch(self, request: Request) -> Message:
        mode = _mode(request)
        spy = self._spy(request)
        await self._telephony.ask(actions.switch_spy(spy.handle, mode), request.deadline_seconds)
        return {"spy": spy.id, "mode": mode}

    async def end(self, request: Request) -> Message:
        spy = self._spy(request)
        await self._telephony.ask(actions.hang_up(spy.handle), request.deadline_seconds)
        return {}

    def _spy(self, request: Request) -> Leg:
        spy = self._live.floor.legs.get(text(request, "spy"))
        if spy is None or not spy.id.startswith(SPY_PREFIX):
            raise NotFound("Nobody is listening this way any more. Start again from the call.")
        return spy


def _mode(request: Request) -> SpyMode:
    wanted = text(request, "mode")
    for mode in MODES:
        if mode == wanted:
            return mode
    raise InvalidInput(f"mode is one of {', '.join(MODES)}.")


def _agent_leg(floor: Floor, call_id: str) -> Leg:
    call: Call | None = floor.calls.get(call_id)
    if call is None:
        raise NotFound("This call is over already.")
    legs = [leg for leg in call.legs.values() if leg.line_kind == "phone" and floor.talking(leg)]
    if not legs:
        raise Conflict("Nobody has answered this call yet. Wait until an agent talks.")
    with_agent = [leg for leg in legs if leg.line in floor.agent_of_phone]
    return (with_agent or legs)[0]
