"""What a command needs before anything is sent: each raises a domain error that says what to do."""

from __future__ import annotations

import asyncio

from callcenter.domain.agent import Agent
from callcenter.domain.errors import Conflict, NotFound
from callcenter.domain.floor import Floor
from callcenter.pbx import actions
from callcenter.pbx.telephony import Answer

_REGISTERING_TRIES, _REGISTERING_SECONDS = 10, 0.1


def known_agent(floor: Floor, number: str) -> Agent:
    agent = floor.agents.get(number)
    if agent is None:
        raise NotFound(f"There is no agent {number[:20]}. Check the number, or add the agent.")
    return agent


def signed_in(floor: Floor, number: str) -> Agent:
    agent = known_agent(floor, number)
    if not agent.queues:
        raise Conflict(f"Agent {number} is not signed in. Sign in first.")
    return agent


async def require_registered(floor: Floor, phone: str) -> None:
    """Waits a moment for a phone that registers just now: its state comes after its contact."""
    actions.number(phone, "The phone")
    if phone not in floor.plan.phones:
        raise NotFound(f"There is no phone {phone}. Check the extension, or add the phone.")
    for _ in range(_REGISTERING_TRIES):
        if floor.line_states.get(("phone", phone), "unreachable") != "unreachable":
            return
        await asyncio.sleep(_REGISTERING_SECONDS)
    raise Conflict(f"Phone {phone} is not registered. Check the phone, or choose another one.")


# OriginateResponse's Reason (include/asterisk/frame.h, control frames) in words.
_REASONS = {
    "0": "it hung up",
    "1": "it hung up",
    "3": "nobody answered",
    "5": "it is busy",
    "8": "it cannot be reached",
}


def refuse_failure(answer: Answer, message: str) -> None:
    if answer.get("Response") != "Success":
        reason = _REASONS.get(answer.get("Reason", ""), "no reason given")
        raise Conflict(f"{message.rstrip('.')}: {reason}. Look at the floor, then try again.")
