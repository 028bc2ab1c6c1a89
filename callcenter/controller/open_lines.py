"""Agents on an open line sign in: the phone is called, once, and stays up."""

from __future__ import annotations

import asyncio

from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.requirements import refuse_failure
from callcenter.domain.errors import Conflict
from callcenter.pbx import actions
from callcenter.pbx.telephony import Telephony

# The phone has answered: a moment later the floor hears that it is on its line.
_TRIES, _SECONDS = 50, 0.1


class OpenLines:
    def __init__(self, live: LiveFloor, telephony: Telephony) -> None:
        self._live = live
        self._telephony = telephony
        self._called: dict[str, str] = {}  # agent → the phone that is called now

    async def open(self, agent: str, phone: str, seconds: float) -> None:
        """Raises Conflict while the phone is called already: asked twice, it would ring twice, and
        the second line would end the first."""
        if agent in self._called:
            raise Conflict(
                f"Phone {self._called[agent]} is being called to sign agent {agent} in. Answer it, "
                "or wait until it stops ringing."
            )
        self._called[agent] = phone
        try:
            order = actions.open_line(agent, phone, seconds)
            answer = await self._telephony.originate(order, seconds)
            refuse_failure(answer, f"Asterisk refused to sign agent {agent} in at phone {phone}.")
            await self._until_seen(agent, phone)
        finally:
            del self._called[agent]

    async def _until_seen(self, agent: str, phone: str) -> None:
        """From here on the floor tells the next who asks that the line is there."""
        floor = self._live.floor
        for _ in range(_TRIES):
            if agent == floor.agent_of_phone.get(phone) and floor.holds_line(phone):
                return
            await asyncio.sleep(_SECONDS)
