"""What each event changes on the floor: the table is the map.

`apply` never raises on duplicate, late or reordered events: each handler writes facts that can be
written twice, and ignores what it cannot place. What stays wrong until then is put right at the
next rebuild.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callcenter.domain import events as e
from callcenter.domain import floor_agents as agents
from callcenter.domain import floor_legs as legs
from callcenter.domain import floor_queues as queues
from callcenter.domain import floor_spies as spies
from callcenter.domain.floor import Floor


def apply(floor: Floor, event: e.Event) -> None:
    if event.at >= floor.day_ends_at:
        floor.begin_day(event.at)
    HANDLERS[event.__class__](floor, event)


HANDLERS: dict[type[e.Event], Callable[[Floor, Any], None]] = {
    e.LegStarted: legs.start_leg,
    e.LegRang: legs.ring_leg,
    e.LegAnswered: legs.answer_leg,
    e.LegEnded: legs.end_leg,
    e.LegJoinedBridge: legs.join_bridge,
    e.LegLeftBridge: legs.leave_bridge,
    e.HoldBegan: legs.begin_hold,
    e.HoldEnded: legs.end_hold,
    e.CallerNamed: legs.name_caller,
    e.StepReached: legs.reach_step,
    e.PriorityGiven: legs.give_priority,
    e.CallerJoinedQueue: queues.join_queue,
    e.CallerLeftQueue: queues.leave_queue,
    e.CallerAbandoned: queues.abandon_queue,
    e.AgentAnswered: queues.answer_caller,
    e.AgentFinished: agents.finish_call,
    e.AgentSignedIn: agents.sign_in,
    e.AgentSignedOut: agents.sign_out,
    e.AgentPaused: agents.change_pause,
    e.PauseAsked: lambda _floor, _event: None,  # the controller's to answer
    e.LineStateChanged: agents.change_line,
    e.SpyBegan: spies.begin_spying,
    e.SpyModeChosen: spies.choose_spy_mode,
    e.TimePassed: agents.pass_time,
}
