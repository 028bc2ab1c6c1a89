"""What a campaign's decision looks at: its agents, the calls that need them, callers, lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.dialing.awaited import AFTER_CALL_ON_ITS_WAY, awaited, being_placed, on_its_way
from callcenter.dialing.campaigns import AtWork, needs_agent, sharing_agents
from callcenter.dialing.staffing import Arrivals, callers_waiting, inbound_per_second, staffing
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer

FLOOR_BEHIND_SECONDS = 5.0  # an older floor stops all dialing
NOT_TALKING = ("ringing", "waiting")
# Until the floor shows that an agent's pause waits: nothing new is dialed for them.
PAUSING_SECONDS = 2.0


class Looking:
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._arrivals = Arrivals()
        self._kept_out: dict[str, float] = {}  # agent → until when
        self._pausing: dict[str, float] = {}  # the same

    def keep_out(self, agent: str, until: float) -> None:
        """They are to make a callback of their own: no lead is dialed for them."""
        self._kept_out[agent] = until

    def awaited(self, asked: Mapping[str, float], now: float) -> dict[str, float]:
        """Who of these agents, that asked to pause then, has to wait for a call on its way to them,
        and until when at the latest."""
        self._pausing |= dict.fromkeys(asked, now + PAUSING_SECONDS)
        campaigns = self._campaigns()
        calls = [
            on_its_way(campaigns[call.campaign], call)
            for call in self._dialer.calls.all()
            if call.campaign in campaigns and needs_agent(call)
        ]
        calls += [
            being_placed(work.campaign, now)
            for work in self._dialer.at_work.values()
            if work.campaign.mode in MODES_WITH_AGENTS
            for _ in range(work.placing)
        ]
        there = {
            number: agent
            for number, agent in self._agents(now).items()
            # Who asked a moment ago and need not wait is gone, before the floor shows it.
            if number in asked or not agent.get("pausing")
        }
        return awaited(asked, there, calls, len(self._unshown(now)))

    def note_arrivals(self, now: float) -> None:
        floor = self._dialer.floor
        for name in floor.queues:
            self._arrivals.note(name, floor.arrived[name], now)

    def look(self, work: AtWork, now: float) -> Snapshot:
        """Kept in `work`, too."""
        dialer, floor = self._dialer, self._dialer.floor
        weights = {queue.name: queue.weight for queue in dialer.site.queues}
        callers = callers_waiting(floor.calls, floor.agents)
        staff = staffing(work.campaign.queue, self._agents(now), callers, weights, now)
        arrivals = {name: self._arrivals.per_second(name, now) for name in floor.queues}
        work.inbound_per_second = inbound_per_second(
            work.campaign.queue, floor.agents, weights, arrivals
        )
        sharing, trunk = self._sharing(work.campaign), self.trunk(work.campaign)
        return work.look(staff, dialer.calls, sharing, trunk, self._unshown(now))

    def _agents(self, now: float) -> dict[str, dict[str, Any]]:
        """Who dials by hand is free no more, before the floor shows that the phone rings."""
        kept_out = {agent for agent, until in self._kept_out.items() if 0 < until - now <= 60}
        taken, busy = self._dialer.commands.taken() | kept_out, {"state": "ringing", "since": now}
        agents = {
            number: agent | busy if number in taken and agent["state"] == "ready" else agent
            for number, agent in self._dialer.floor.agents.items()
        }
        pausing = {agent for agent, until in self._pausing.items() if now < until}
        return agents | {
            number: agents[number] | {"pausing": AFTER_CALL_ON_ITS_WAY}
            for number in pausing & agents.keys()
        }

    def _unshown(self, now: float) -> frozenset[str]:
        """Calls that have just got their agent while the floor, a moment behind, shows both as
        before: the agent would count as free for another lead."""
        shown = self._dialer.floor.calls
        return frozenset(
            call.call
            for call in self._dialer.calls.all()
            if call.phase == "talking"
            and not call.by_hand
            and now - call.since < FLOOR_BEHIND_SECONDS
            and shown.get(call.call, {}).get("state") in NOT_TALKING
        )

    def trunk(self, campaign: Campaign) -> tuple[int, int]:
        """(most calls, calls up): the floor's, and ours that it has not shown yet."""
        dialer, floor = self._dialer, self._dialer.floor
        trunk = next(each for each in dialer.site.trunks if each.name == campaign.trunk)
        on_it = {name for name, each in self._campaigns().items() if each.trunk == trunk.name}
        ours = [call.call for call in dialer.calls.all() if call.campaign in on_it]
        shown = int(floor.trunks.get(trunk.name, {}).get("calls", 0))
        unseen = sum(call not in floor.calls for call in ours)
        return trunk.max_calls, max(len(ours), shown + unseen)

    def _sharing(self, campaign: Campaign) -> frozenset[str]:
        agents = self._dialer.floor.agents.values()
        queues = [frozenset(agent["queues"]) for agent in agents]
        campaigns = {**self._campaigns(), campaign.name: campaign}
        return sharing_agents(campaign.name, campaigns, queues)

    def _campaigns(self) -> dict[str, Campaign]:
        """Paused ones too: their calls ring on, and who answers needs an agent."""
        dialer = self._dialer
        return dialer.campaigns | {name: work.campaign for name, work in dialer.at_work.items()}
