"""How a call went, in one word, and who ended it."""

from __future__ import annotations

from collections.abc import Sequence

from callcenter.ledger.books import Channel, Talk, Visit
from callcenter.ledger.steps import Step

# Inbound calls nobody answered: the last place they were sent to says how they went.
BY_STEP = {
    "voicemail": "voicemail",
    "journey": "self_service",
    "message": "self_service",
    "menu": "left",
    "digit": "left",
    "phone": "not_answered",
    "ring-group": "not_answered",
}
CUT = "cut"
A_MOMENT_SECONDS = 1.0  # in which Asterisk takes the other side out of a bridge that ends


def outcome_of(
    direction: str,
    customer: Channel,
    talks: Sequence[Talk],
    visits: Sequence[Visit],
    steps: Sequence[Step],
) -> str:
    """`customer` has ended. Cut wins: a call that Asterisk's end cut is never `answered`."""
    if customer.cause == CUT:
        return CUT
    if talks:
        return "answered"
    if direction in ("spy", "feature"):
        return direction
    if direction != "inbound":
        return "not_answered"
    return _unanswered(visits, steps)


def _unanswered(visits: Sequence[Visit], steps: Sequence[Step]) -> str:
    kinds = [step.kind for step in steps]
    for asked in ("voicemail", "callback"):
        if asked in kinds:
            return asked
    if visits:
        return visits[-1].outcome
    if any(step.kind == "hours" and step.detail == "closed" for step in steps):
        return "closed"
    known = [BY_STEP[kind] for kind in kinds if kind in BY_STEP]
    return known[-1] if known else "failed"


def ended_by(customer: Channel, direction: str, channels: Sequence[Channel] = ()) -> str:
    """caller, agent, system or cut: by whose hang-up Asterisk ended the customer's channel."""
    if customer.cause == CUT:
        return CUT
    source = customer.hangup_source
    if source == customer.name:
        return "agent" if direction == "outbound" and not customer.is_trunk else "caller"
    return "agent" if Channel("", source, 0.0).is_phone or _left(customer, channels) else "system"


def _left(customer: Channel, channels: Sequence[Channel]) -> bool:
    """Nobody hung up, and a phone left the customer's last bridge a moment before them: it pressed
    the code that ends a call, or hung up its open line."""
    if customer.hangup_source or not customer.stays:
        return False
    last = customer.stays[-1]
    return any(
        stay.bridge == last.bridge
        and 0.0 < (last.left or 0.0) - (stay.left or 0.0) < A_MOMENT_SECONDS
        for channel in channels
        if channel.is_phone and channel is not customer
        for stay in channel.stays[-1:]
    )
