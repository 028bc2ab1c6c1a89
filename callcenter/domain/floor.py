"""The live floor: one writer tells it what happened, and takes what changed.

State and questions are here; what each event changes is in floor_handlers.py (`apply`), and a new
start from Asterisk's own snapshot in floor_snapshot.py (`rebuild`). No I/O, no clock: time comes in
the events.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.agent import Agent, Engagement, Reach
from callcenter.domain.call import STATE_BY_FACTS, Call, CallState, Leg
from callcenter.domain.floor_plan import FloorPlan, next_midnight
from callcenter.domain.queue import DayCounts, Queue, Visit

Message = dict[str, Any]
# How many ended legs are remembered, so that a late event does not bring one back.
_REMEMBERED_LEGS = 4096


class Floor:
    def __init__(self, plan: FloorPlan) -> None:
        self.legs: dict[str, Leg] = {}
        self.handles: dict[str, Leg] = {}
        self.calls: dict[str, Call] = {}
        self.agents: dict[str, Agent] = {}
        self.queues: dict[str, Queue] = {}
        self.bridges: dict[str, set[str]] = {}
        self.spies: dict[str, Leg] = {}
        # Legs we have asked for: how they spy, and on which leg.
        self.expected_spies: dict[str, tuple[e.SpyMode, str]] = {}
        self.visits: dict[str, Visit] = {}
        self.lines: dict[str, dict[str, Leg]] = {}  # extension → its legs
        self.trunk_legs: dict[str, int] = {}
        self.agent_of_phone: dict[str, str] = {}
        self.line_states: dict[tuple[str, str], e.LineState] = {}
        self.day_ends_at = 0.0
        self.changed_calls: dict[str, float] = {}
        self.changed_agents: dict[str, float] = {}
        self.changed_queues: set[str] = set()
        self.changed_trunks: set[str] = set()
        self._ended: set[str] = set()
        self._ended_in_order: deque[str] = deque()
        self.lay_out(plan)

    def lay_out(self, plan: FloorPlan) -> None:
        """Take names, titles and seconds from the site; live state stays."""
        self.plan = plan
        for number, name in plan.agents.items():
            self.agents.setdefault(number, Agent(number, name)).name = name
        for number in [n for n, a in self.agents.items() if n not in plan.agents and not a.queues]:
            del self.agents[number]
        for name in [n for n, q in self.queues.items() if n not in plan.queues and not q.waiting]:
            del self.queues[name]
        for name, planned in plan.queues.items():
            queue = self.queues.setdefault(name, Queue(name, planned.title))
            queue.title = planned.title
            queue.wrap_up_seconds = planned.wrap_up_seconds
            queue.service_level_seconds = planned.service_level_seconds
            queue.short_abandon_seconds = planned.short_abandon_seconds
        self.changed_agents |= dict.fromkeys(self.agents, 0.0)
        self.changed_queues |= set(self.queues)
        self.changed_trunks |= set(plan.trunks)

    def begin_day(self, at: float) -> None:
        began = self.day_ends_at
        self.day_ends_at = next_midnight(at, self.plan.timezone)
        if not began:
            return
        for queue in self.queues.values():
            # Who waits over midnight was offered on the day they came, and is answered on this one.
            queue.today = DayCounts()
        for agent in self.agents.values():
            agent.answered_today = 0
        self.changed_queues |= set(self.queues)
        self.changed_agents |= dict.fromkeys(self.agents, at)

    def seed(self, queue: str, counts: DayCounts) -> None:
        """Counts of today from the books, for what happened before we listened."""
        found = self.queue(queue)
        found.today = found.today.at_least(counts)

    def seed_agent(self, number: str, answered: int) -> None:
        """The same for one agent; who is in the site no more is left out."""
        agent = self.agents.get(number)
        if agent is not None:
            agent.answered_today = max(agent.answered_today, answered)

    def take_changes(self) -> tuple[dict[str, Message], dict[str, list[str]]]:
        """What changed since the last call, as the control socket's `set` and `remove`."""
        changed: dict[str, Message] = {}
        removed: list[str] = []
        calls: Message = {}
        for call_id in self.changed_calls:
            call = self.calls.get(call_id)
            if call is not None and call.visible:
                calls[call_id] = self.call_message(call)
            else:
                removed.append(call_id)
        if calls:
            changed["calls"] = calls
        self._settle_agents(changed)
        if self.changed_queues:
            changed["queues"] = {name: self.queue_message(name) for name in self.changed_queues}
        if self.changed_trunks:
            changed["trunks"] = {name: self.trunk_message(name) for name in self.changed_trunks}
        self.changed_calls, self.changed_queues, self.changed_trunks = {}, set(), set()
        return changed, ({"calls": removed} if removed else {})

    def _settle_agents(self, changed: dict[str, Message]) -> None:
        agents: Message = {}
        for number, at in self.changed_agents.items():
            agent = self.agents.get(number)
            if agent is None:
                continue
            engagement, call = self.engagement(agent.phone)
            agent.settle(engagement, call, self.reach(agent), at)
            self.changed_queues.update(agent.queues)
            agents[number] = agent.as_message()
        self.changed_agents = {}
        if agents:
            changed["agents"] = agents

    def as_message(self) -> Message:
        """The whole floor. Take changes first: states are settled there."""
        return {
            "calls": {c.id: self.call_message(c) for c in self.calls.values() if c.visible},
            "agents": {a.number: a.as_message() for a in self.agents.values()},
            "queues": {name: self.queue_message(name) for name in self.queues},
            "trunks": {name: self.trunk_message(name) for name in self.trunk_names()},
        }

    def trunk_names(self) -> list[str]:
        return list(self.plan.trunks)

    def queue_message(self, name: str) -> Message:
        members = [agent for agent in self.agents.values() if name in agent.queues]
        return self.queue(name).as_message(members)

    def trunk_message(self, name: str) -> Message:
        state = self.line_states.get(("trunk", name), "unknown")
        known = "down" if state == "unreachable" else "unknown" if state == "unknown" else "up"
        title = self.plan.trunks.get(name, name)
        return {"name": name, "title": title, "state": known, "calls": self.trunk_legs.get(name, 0)}

    def queue(self, name: str) -> Queue:
        found = self.queues.get(name)
        if found is None:
            found = self.queues[name] = Queue(name, name)
        return found

    def agent(self, number: str) -> Agent:
        found = self.agents.get(number)
        if found is None:
            found = self.agents[number] = Agent(number, self.plan.agents.get(number, number))
        return found

    def call_state(self, call: Call) -> CallState:
        legs = call.legs.values()
        talking = [leg for leg in legs if self.talking(leg)]
        facts = (
            bool(talking),
            any(leg.held for leg in talking),
            bool(call.waiting_since),
            call.step.startswith("voicemail:"),
            any(leg.answered for leg in legs if not leg.called),
            call.direction() == "internal",
        )
        return STATE_BY_FACTS[facts]

    def call_message(self, call: Call) -> Message:
        phone = next(
            (g.line for g in call.legs.values() if g.line_kind == "phone" and self.talking(g)), None
        )
        trunk = next((g.line for g in call.legs.values() if g.line_kind == "trunk"), None)
        return {
            "id": call.id,
            "state": self.call_state(call),
            "direction": call.direction(),
            "caller_number": call.caller_number,
            "caller_name": call.caller_name,
            "dialed": call.dialed,
            "trunk": trunk,
            "step": call.step or None,
            "queue": call.queue or None,
            "priority": call.priority,
            "agent": self.agent_of_phone.get(phone or ""),
            "phone": phone,
            "started_at": call.started_at,
            "waiting_since": call.waiting_since or None,
            "waited_seconds": round(call.waited_seconds, 3),
            "rings": self.agents_rung(call),
            "answered_at": call.answered_at or None,
            "spies": self.spies_on(call),
        }

    def agents_rung(self, call: Call) -> list[str]:
        """Numbers of the agents whose phone rings for this call now."""
        phones = (
            leg.line
            for leg in call.legs.values()
            if leg.line_kind == "phone" and leg.called and not leg.answered and not leg.spying
        )
        return sorted({self.agent_of_phone[each] for each in phones if each in self.agent_of_phone})

    def spies_on(self, call: Call) -> list[Message]:
        return [
            {
                "spy": spy.id,
                "supervisor": spy.line,
                "mode": spy.spy_mode,
                "connected": spy.answered,
            }
            for spy in self.spies.values()
            if spy.spies_on in call.legs
        ]

    def talking(self, leg: Leg) -> bool:
        """In a bridge with somebody."""
        return bool(leg.bridge) and len(self.bridges.get(leg.bridge, ())) > 1

    def engagement(self, phone: str) -> tuple[Engagement, str]:
        """What the phone is doing, the most important first, and the call it does it in."""
        found: tuple[Engagement, str] = ("none", "")
        for leg in self.lines.get(phone, {}).values():
            each = self._engagement_of(leg)
            if _WEIGHT[each] > _WEIGHT[found[0]]:
                found = (each, leg.call)
        return found

    def reach(self, agent: Agent) -> Reach:
        """By phone; or by an open line."""
        if not agent.open_line:
            down = self.line_states.get(("phone", agent.phone)) == "unreachable"
            return "down" if down else "up"
        if self.line_states.get(("line", agent.number)) in ("free", "ringing", "in_use"):
            return "up"
        return "opening" if self.holds_line(agent.phone) else "down"

    def holds_line(self, phone: str) -> bool:
        """Whether this phone is on an open line."""
        return any(leg.line_kind == "line" and leg.line == phone for leg in self.legs.values())

    def _engagement_of(self, leg: Leg) -> Engagement:
        if leg.spying:
            return "busy"
        if self.talking(leg):
            if leg.held:
                return "hold"
            call = self.calls.get(leg.call)
            return "busy" if call is None or call.direction() == "internal" else "talking"
        if leg.called and leg.ringing and not leg.answered:
            return "ringing"
        # A called phone that does not ring yet is still free: the invitation may fail.
        return "none" if leg.called and not leg.answered else "busy"

    def touch(self, leg: Leg, at: float) -> None:
        """This leg changed: so did its call, and the agent or trunk at its end."""
        self.changed_calls[leg.call] = at
        if leg.line_kind in ("phone", "line"):
            agent = self.agent_of_phone.get(leg.line)
            if agent is not None:
                self.changed_agents[agent] = at

    def forget_leg(self, leg: Leg) -> None:
        del self.legs[leg.id]
        self.handles.pop(leg.handle, None)
        if leg.line_kind == "trunk":
            self.trunk_legs[leg.line] -= 1
            self.changed_trunks.add(leg.line)
        self.spies.pop(leg.id, None)
        self.lines.get(leg.line, {}).pop(leg.id, None)
        members = self.bridges.get(leg.bridge)
        if members is not None:
            members.discard(leg.id)
            if not members:
                del self.bridges[leg.bridge]
        visit = self.visits.pop(leg.id, None)
        if visit is not None and self.queue(visit.queue).waiting.pop(leg.id, None) is not None:
            self.changed_queues.add(visit.queue)
        self.take_from_call(leg)

    def take_from_call(self, leg: Leg) -> None:
        call = self.calls.get(leg.call)
        if call is not None:
            call.legs.pop(leg.id, None)
            if not call.legs:
                del self.calls[call.id]

    def remember_ended(self, leg: str) -> None:
        self._ended.add(leg)
        self._ended_in_order.append(leg)
        if len(self._ended_in_order) > _REMEMBERED_LEGS:
            self._ended.discard(self._ended_in_order.popleft())

    def has_ended(self, leg: str) -> bool:
        return leg in self._ended


_WEIGHT: dict[Engagement, int] = {"none": 0, "busy": 1, "ringing": 2, "hold": 3, "talking": 4}
