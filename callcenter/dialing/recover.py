"""Calls that are up already when the link to Asterisk comes up: of an earlier dialer, or ours."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from callcenter.dialing import store
from callcenter.dialing.calls_up import CallUp, Phase
from callcenter.domain.campaign import BY_HAND, MODES_WITH_AGENTS
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
        leg = legs.get(call.call)
        if leg is not None:
            phase = phase_of(
                leg, detects=call.detects, by_hand=call.by_hand, for_agent=call.for_agent
            )
            dialer.calls.catch_up(call, phase, asked_at)
        elif call.placed_at < asked_at:
            dialer.calls.end(call, asked_at)
    for row in rows:
        leg = legs.get(row.call_id)
        if leg is not None and row.call_id not in dialer.calls:
            dialer.calls.add(_call(row, leg, dialer.next_number()))


def _call(row: store.Unsettled, leg: LegNow, number: int) -> CallUp:
    by_hand, for_agent = row.mode in BY_HAND, row.mode in MODES_WITH_AGENTS
    phase = phase_of(leg, by_hand=by_hand, for_agent=for_agent)
    return CallUp(
        row.attempt, row.call_id, row.campaign, number, False, row.placed_at, by_hand, for_agent,
        phase, abandoned=for_agent and phase == "message", started=True, queued=_reached_queue(leg),
    )  # fmt: skip


def phase_of(
    leg: LegNow, *, detects: bool = False, by_hand: bool = False, for_agent: bool = True
) -> Phase:
    """`detects`: its answer begins with listening. `by_hand`: it is the agent's, the lead rings.
    `for_agent`: who answers waits for one, and listens to nothing before."""
    if leg.bridge:
        return "talking"
    if not leg.answered:
        return "ringing" if leg.ringing else "placed"
    if by_hand:
        return "ringing"
    if _reached_queue(leg):
        return "waiting" if leg.queue else "message"  # it has left it again, and hears why
    if detects:
        return "detecting"
    return "waiting" if for_agent else "message"


def _reached_queue(leg: LegNow) -> bool:
    return bool(leg.queue) or (leg.step is not None and leg.step[0] == "queue")
