"""An order reaches Asterisk only while all it was judged by still holds."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.dialing import sending
from callcenter.dialing.calls_up import CallsUp
from callcenter.dialing.place import Order
from callcenter.dialing.sending import SEND_WITHIN_SECONDS, Sending
from callcenter.domain import events as e
from callcenter.domain.campaign import Campaign
from callcenter.pbx.originate import Placing, channel_id

OUT = Campaign("out", "Out", "sales", mode="power", state="running", trunk="town")
PLACING = Placing("a" * 32, channel_id("pbx1", "a" * 32, 1.0), "+12025550100", "")

STARTED = e.LegStarted(
    at=1.0, leg=PLACING.call, call=PLACING.call, handle="PJSIP/town-1", line_kind="trunk",
    line="town", caller_number="", caller_name="", dialed=PLACING.number, called=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def soon_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_SECONDS", 0.001)


def sent(
    why_not: str = "", old_seconds: float = 0.0, answer: str = "Success", *, by_hand: bool = False,
    told_late: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """(how many originates Asterisk got, what was written as (outcome, cause))."""
    asked: list[str] = []
    written: list[tuple[str, str]] = []
    work = SimpleNamespace(dialed=0, held=(0.0, ""), learned=SimpleNamespace(answers=_Deaf()))

    async def originate(headers: Any, _seconds: float) -> dict[str, str]:
        asked.append(headers)
        return {"Response": answer}

    async def ask_database(_work: Any, _made: Any, _attempt: str, became: Any, *_: Any) -> None:
        written.append((became.outcome, became.cause))

    async def run() -> None:
        tasks: list[Any] = []
        dialer: Any = SimpleNamespace(
            calls=CallsUp(lambda *_: None, lambda _: None), at_work={"out": work}, sessions=None,
            next_number=lambda: 1, telephony=SimpleNamespace(originate=originate),
            why_not=lambda: why_not, ask_database=ask_database,
            keep=lambda each: tasks.append(asyncio.ensure_future(each)),
        )  # fmt: skip
        order = Order(PLACING, 7, time.time() - old_seconds)
        Sending(dialer).send(OUT, order, lambda *_: {"Action": "Originate"}, by_hand=by_hand)
        if told_late:
            await asyncio.sleep(0)  # the answer is here, and is being thought about
            dialer.calls.take(STARTED)
        await asyncio.gather(*tasks)

    asyncio.run(run())
    if written and written[0][0] == "unplaced":
        assert (work.held[0] > time.time()) is not by_hand
    return len(asked), written


class _Deaf:
    def dialed(self, _number: int, _at: float) -> None: ...


def test_sent_once_while_nothing_has_changed() -> None:
    assert sent() == (1, [])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"why_not": "the controller is not reached"}, "the controller is not reached"),
        ({"old_seconds": SEND_WITHIN_SECONDS + 1}, "the database was slow"),
    ],
)
def test_what_was_judged_long_ago_or_cannot_be_known_any_more_is_not_sent(
    changed: dict[str, Any], why: str
) -> None:
    assert sent(**changed) == (0, [("unplaced", why)])


def test_what_asterisk_surely_did_not_place_is_given_back() -> None:
    assert sent(answer="Failure") == (1, [("unplaced", "Asterisk could not make the channel")])


def test_a_call_refused_faster_than_its_channel_is_told_of_was_placed() -> None:
    """Asterisk's two ways to AMI: who is not to be called again at once was called."""
    assert sent(answer="Failure", told_late=True) == (1, [])


def test_an_agents_phone_that_cannot_be_rung_holds_up_no_campaign() -> None:
    assert sent(answer="Failure", by_hand=True)[1][0][0] == "unplaced"
