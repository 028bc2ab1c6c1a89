"""Calls that are up already when the link to Asterisk comes up: of an earlier dialer, or ours."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from callcenter.dialing import store
from callcenter.dialing.calls_up import CallUp, Phase
from callcenter.domain.floor_snapshot import LegNow
from callcenter.pbx.resync import take_snapshot

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer


async def calls_now(dialer: Dialer) -> None:
    """Brings `dialer.calls` up to what Asterisk shows. Raises Unavailable, TooLate."""
    rows = await dialer.ask_database(store.unsettled, dialer.sessions, dialer.settings.node)
    asked_at = time.time()
    snapshot = await take_snapshot(dialer.telephony, asked_at)
    legs = {leg.started.leg: leg for leg in snapshot.legs}
    for call in dialer.calls.all():
        if call.call not in legs and call.placed_at < asked_at:
            dialer.calls.end(call, asked_at)
    for row in rows:
        leg = legs.get(row.call_id)
        if leg is not None and row.call_id not in dialer.calls:
            dialer.calls.add(_call(row, leg, dialer.next_number()))


def _call(row: store.Unsettled, leg: LegNow, number: int) -> CallUp:
    call = CallUp(
        row.attempt,
        row.call_id,
        row.campaign,
        number,
        False,
        row.placed_at,
        row.by_hand,
        _phase(leg),
    )
    call.started = True
    return call


def _phase(leg: LegNow) -> Phase:
    if leg.bridge:
        return "talking"
    if leg.answered:
        return "waiting"
    return "ringing" if leg.ringing else "placed"
