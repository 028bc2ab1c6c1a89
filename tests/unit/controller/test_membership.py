"""A controller that starts puts agents into the queues of the site, though Asterisk is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from callcenter.controller import membership
from callcenter.controller.live_floor import LiveFloor
from callcenter.domain.errors import Unavailable
from callcenter.domain.floor_plan import FloorPlan
from callcenter.pbx.actions import Headers
from callcenter.pbx.telephony import Answer

PLAN = FloorPlan(agents={"1003": "Cleo"}, agent_queues={"1003": {"sales": 1}})
IN_SUPPORT = {"Event": "QueueMember", "Membership": "dynamic", "Name": "1003", "Queue": "support",
              "Location": "PJSIP/203", "Penalty": "0", "Paused": "0"}  # fmt: skip


class Busy:
    """A telephone system that does what it is asked the second time."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def originate(self, headers: Headers, seconds: float) -> Answer:
        self.asked.append(headers["Channel"])
        if len(self.asked) == 1:
            raise Unavailable("Asterisk did not answer in time.")
        return {"Response": "Success"}

    async def ask(self, headers: Headers, seconds: float) -> Answer:
        raise AssertionError(headers)

    async def ask_list(self, headers: Headers, seconds: float) -> Sequence[Answer]:
        return [IN_SUPPORT]


def test_an_asterisk_that_does_not_answer_at_once_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(membership, "RETRY_SECONDS", 0.0)
    pbx = Busy()

    async def start() -> None:
        live = LiveFloor(PLAN, lambda message: None)
        live.rebuilt.set()
        await membership.Membership(live, pbx).align_at_start()

    asyncio.run(start())
    assert pbx.asked == ["Local/1003@cc-align-request"] * 2
