"""Agents: signed in where, paused, wrapping up, and the state of their lines."""

from __future__ import annotations

from callcenter.domain import events as e
from callcenter.domain.floor import Floor


def finish_call(floor: Floor, event: e.AgentFinished) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None or not agent.queues:
        return
    # The same event twice sets the same end: it carries the same time.
    agent.wrap_up_until = max(
        agent.wrap_up_until, event.at + floor.queue(event.queue).wrap_up_seconds
    )
    floor.changed_agents[event.agent] = event.at


def sign_in(floor: Floor, event: e.AgentSignedIn) -> None:
    agent = floor.agent(event.agent)
    if agent.phone != event.phone:
        floor.agent_of_phone.pop(agent.phone, None)
        agent.phone = event.phone
    agent.open_line = event.open_line
    floor.agent_of_phone[event.phone] = agent.number
    agent.queues[event.queue] = None
    pause(floor, e.AgentPaused(event.at, event.agent, event.queue, event.paused, event.reason))
    floor.changed_queues.add(event.queue)
    for leg in floor.lines.get(event.phone, {}).values():
        floor.touch(leg, event.at)


def sign_out(floor: Floor, event: e.AgentSignedOut) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None:
        return
    agent.queues.pop(event.queue, None)
    agent.pauses.pop(event.queue, None)
    floor.changed_queues.add(event.queue)
    floor.changed_agents[event.agent] = event.at
    if not agent.queues:
        floor.agent_of_phone.pop(agent.phone, None)
        agent.phone, agent.open_line, agent.wrap_up_until = "", False, 0.0
        agent.pause_to_come = None


def pause(floor: Floor, event: e.AgentPaused) -> None:
    agent = floor.agents.get(event.agent)
    if agent is None or event.queue not in agent.queues:
        return
    if event.paused:
        agent.pauses[event.queue] = event.reason
    else:
        agent.pauses.pop(event.queue, None)
    floor.changed_agents[event.agent] = event.at


def change_pause(floor: Floor, event: e.AgentPaused) -> None:
    """Somebody did it now, other than in a snapshot: who is made ready waits for no pause."""
    pause(floor, event)
    if not event.paused and (agent := floor.agents.get(event.agent)) is not None:
        agent.pause_to_come = None


def await_pause(floor: Floor, number: str, reason: str | None, at: float) -> None:
    """The agent's pause waits for the call on its way to them; None: it does not any more."""
    agent = floor.agents.get(number)
    if agent is not None and agent.pause_to_come != reason:
        agent.pause_to_come = reason
        floor.changed_agents[number] = at


def change_line(floor: Floor, event: e.LineStateChanged) -> None:
    place = (event.line_kind, event.line)
    if floor.line_states.get(place) == event.state:
        return
    floor.line_states[place] = event.state
    if event.line_kind == "trunk":
        if event.line in floor.plan.trunks:
            floor.changed_trunks.add(event.line)
    elif event.line_kind == "line":
        floor.changed_agents[event.line] = event.at
    elif (agent := floor.agent_of_phone.get(event.line)) is not None:
        floor.changed_agents[agent] = event.at


def pass_time(floor: Floor, event: e.TimePassed) -> None:
    for agent in floor.agents.values():
        if agent.wrap_up_until and agent.wrap_up_until <= event.at:
            floor.changed_agents[agent.number] = agent.wrap_up_until
            agent.wrap_up_until = 0.0
