"""A pause that an agent asked for while a campaign's call is on its way to them. Pure.

It waits in these states only. As soon as the agent is in a call it begins for the telephone system,
which then sends no other one, and for everybody else when that call is over.
"""

from __future__ import annotations

from typing import Literal

from callcenter.domain.agent import Agent, AgentState

# Busy: on the phone with a feature code, or a colleague.
WAITS_IN: tuple[AgentState, ...] = ("ready", "ringing", "wrap_up", "busy")
Step = Literal["wait", "begin", "drop"]


def next_step(agent: Agent | None, needed: bool, too_late: bool) -> Step:
    """`needed`: a call on its way has nobody else; `too_late`: the pause has waited its time."""
    if agent is None or not agent.queues or agent.paused or agent.pause_to_come is None:
        return "drop"  # signed out, paused or made ready meanwhile
    if needed and not too_late and agent.state in WAITS_IN:
        return "wait"
    return "begin"
