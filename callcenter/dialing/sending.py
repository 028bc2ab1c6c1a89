"""Orders to Asterisk: each is sent at most once, and what surely was not placed is given back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from callcenter.dialing import settle
from callcenter.dialing.calls_up import CallUp
from callcenter.dialing.faults import point
from callcenter.dialing.outcome import Became
from callcenter.dialing.place import Order
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign, Outcome
from callcenter.domain.errors import CallcenterError, Conflict, InvalidInput
from callcenter.pbx.actions import Headers
from callcenter.pbx.originate import Placing

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer

log = logging.getLogger(__name__)

SEND_WITHIN_SECONDS = 5.0  # what was judged longer ago is judged again
GRACE_SECONDS = 15.0  # Asterisk answers an originate after the ringing it was given
# Asterisk tells of a channel on another way than of its originate: under load, later.
LOOKS, LOOK_SECONDS = 40, 0.05
LONGEST_CAUSE = 64
HELD_SECONDS = 5.0  # after a call that Asterisk would not place: leads are no ammunition

Make = Callable[[Campaign, Placing], Headers]


class Sending:
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer

    def send(self, campaign: Campaign, order: Order, make: Make, *, by_hand: bool = False) -> None:
        dialer, placing = self._dialer, order.placing
        detects = campaign.machine_detection and not by_hand
        call = CallUp(
            placing.attempt, placing.call, campaign.name, dialer.next_number(), detects,
            order.placed_at, by_hand, campaign.mode in MODES_WITH_AGENTS,
        )  # fmt: skip
        dialer.calls.add(call)
        work = dialer.at_work.get(campaign.name)
        if work is not None:
            work.dialed += 1
            if not by_hand:
                work.learned.answers.dialed(call.number, order.placed_at)
        dialer.keep(self._originate(campaign, call, placing, make))

    async def _originate(
        self, campaign: Campaign, call: CallUp, placing: Placing, make: Make
    ) -> None:
        """An answer that never comes is no proof that nothing was placed: the ledger knows."""
        dialer = self._dialer
        why = self._why_not_any_more(call)
        if why:
            await self._not_placed(call, "unplaced", why)
            return
        try:
            headers = make(campaign, placing)
            seconds = campaign.ring_seconds + GRACE_SECONDS
            answer = await dialer.telephony.originate(headers, seconds)
        except InvalidInput as error:
            await self._not_placed(call, "failed", str(error))
        except Conflict as error:
            await self._not_placed(call, "unplaced", f"Asterisk refused: {error}")
        except CallcenterError as error:
            log.warning("originate_unknown", extra={"attempt": call.attempt, "why": str(error)})
        else:
            point("answered")
            if answer.get("Response") == "Failure" and not await _is_told_of(call):
                await self._not_placed(call, "unplaced", "Asterisk could not make the channel")

    def _why_not_any_more(self, call: CallUp) -> str:
        """The commit took a while, and what it was judged by may have changed."""
        if time.time() - call.placed_at > SEND_WITHIN_SECONDS:
            return "the database was slow"
        return self._dialer.why_not()

    async def _not_placed(self, call: CallUp, outcome: Outcome, why: str) -> None:
        dialer, now = self._dialer, time.time()
        log.warning("attempt_not_placed", extra={"attempt": call.attempt, "why": why})
        dialer.calls.end(call, now)
        work = dialer.at_work.get(call.campaign)
        # One agent's phone that is away holds up nobody else's calls.
        if work is not None and outcome == "unplaced" and not call.by_hand:
            work.held = (now + HELD_SECONDS, f"{why}; tried again in {HELD_SECONDS:g} s")
        became = Became(outcome, why[:LONGEST_CAUSE])
        try:
            await dialer.ask_database(settle.write, dialer.sessions, call.attempt, became, now, {})
        except SQLAlchemyError as error:  # the ledger's silence settles it later
            log.warning("dialer_waits", extra={"doing": "settling", "why": str(error)[:200]})
        dialer.calls.settled(call.attempt)


async def _is_told_of(call: CallUp) -> bool:
    """Whether Asterisk made its channel, so that it may have rung."""
    for _ in range(LOOKS):
        if call.started:
            break
        await asyncio.sleep(LOOK_SECONDS)
    return call.started
