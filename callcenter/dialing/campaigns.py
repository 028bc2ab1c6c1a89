"""One running campaign at work: what it has learned, what is up, and what its board shows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.dialer.budget import CountedBudget
from callcenter.dialer.leads.candidates import Hopper
from callcenter.dialer.pacing.snapshot import Decision, Snapshot
from callcenter.dialing.calls_up import LIVE, RINGING, CallsUp, CallUp
from callcenter.dialing.decide import Learned
from callcenter.dialing.lines import RateLimit, free_lines
from callcenter.dialing.staffing import Staffing
from callcenter.domain.campaign import BY_HAND, Campaign

# Phases in which a call of this or another campaign may still need one of the agents.
NEEDS_AGENT = (*RINGING, "detecting", "waiting")


@dataclass
class AtWork:
    campaign: Campaign
    learned: Learned
    budget: CountedBudget
    hopper: Hopper = field(default_factory=Hopper)
    rate: RateLimit = field(default_factory=RateLimit)
    decision: Decision = field(default_factory=lambda: Decision(0, "starting"))
    snapshot: Snapshot | None = None
    callers_ahead: int = 0  # of them in `snapshot.waiting`
    inbound_per_second: float = 0.0  # callers expected to take agents of ours
    lines_up: int = 0  # calls of ours when the snapshot was taken
    dialed: int = 0  # since this process began
    placing: int = 0  # calls decided on, at most, while the database is asked for their leads
    counted_at: float = 0.0  # when the budget was
    # Nothing is dialed until then, and why; after it one call at a time until one is made.
    held: tuple[float, str] = (0.0, "")

    @property
    def by_hand(self) -> bool:
        return self.campaign.mode in BY_HAND

    def look(
        self,
        staffing: Staffing,
        calls: CallsUp,
        sharing: frozenset[str],
        trunk: tuple[int, int],
        unshown: frozenset[str],
    ) -> Snapshot:
        """`sharing`: the campaigns (this one too) whose calls need the same agents. `trunk`: (most
        calls, calls up). `unshown`: calls whose agent `staffing` still has as free."""
        now = time.time()
        own = list(calls.of(self.campaign.name))
        shared = [call for call in calls.all() if call.campaign in sharing]
        needing = [call for call in shared if needs_agent(call)]
        waiting = sum(call.phase == "waiting" for call in needing)
        waiting += sum(call.call in unshown for call in shared)
        budget = self.budget.plus(*self._live(calls.unsettled(self.campaign.name)))
        spent = budget.tighter
        self.callers_ahead, self.lines_up = staffing.callers_ahead, len(own)
        self.snapshot = Snapshot(
            at_seconds=now,
            agents_ready=staffing.ready,
            talking_seconds=staffing.talking_seconds,
            wrap_up_seconds=staffing.wrap_up_seconds,
            ringing_seconds=[now - c.placed_at for c in needing if c.phase in RINGING],
            detecting=sum(call.phase == "detecting" for call in needing),
            waiting=waiting + staffing.callers_ahead,
            free_lines=free_lines(self.campaign.max_lines, len(own), *trunk),
            live_answered=spent.answered,
            abandoned=spent.abandoned,
            in_call_total=sum(call.phase == "talking" for call in own),
            saved=budget.saved,
        )
        return self.snapshot

    @staticmethod
    def _live(calls: Iterable[CallUp]) -> tuple[int, int]:
        """(people, abandoned) not settled yet; who is left to agents by detection is no person."""
        people = [
            call for call in calls if call.phase in LIVE and not (call.by_hand or call.machine)
        ]
        return len(people), sum(call.abandoned for call in people)

    def message(self, calls: CallsUp) -> dict[str, object]:
        """For the campaign's board (docs/architecture.md, Dialing)."""
        seen, decision, spent = self.snapshot, self.decision, self.budget.tighter
        return {
            "name": self.campaign.name,
            "mode": self.campaign.mode,
            "reason": decision.reason,
            "dial": decision.dial,
            "no_agent_probability": decision.no_agent_probability,
            "threshold": decision.threshold,
            **calls.shown(self.campaign.name),
            "agents": seen.agents if seen else 0,
            "agents_ready": seen.agents_ready if seen else 0,
            "needing": seen.in_flight if seen else 0,
            "live_answered": seen.live_answered if seen else spent.answered,
            "abandoned": seen.abandoned if seen else spent.abandoned,
            "free_lines": seen.free_lines if seen else 0,
            "answer_rate": self.learned.forecast.rate,
            "dialed": self.dialed,
        }


def not_dialed(name: str, why: str) -> dict[str, object]:
    """The board of a campaign of which nothing else is known."""
    return {
        "name": name, "mode": "", "reason": why, "dial": 0, "no_agent_probability": 0.0,
        "threshold": 0.0, "up": {}, "calls": {}, "agents": 0, "agents_ready": 0, "needing": 0,
        "live_answered": 0, "abandoned": 0, "free_lines": 0, "answer_rate": 0.0, "dialed": 0,
    }  # fmt: skip


def needs_agent(call: CallUp) -> bool:
    return call.phase in NEEDS_AGENT and not call.by_hand and (call.for_agent or call.queued)


def sharing_agents(
    name: str, campaigns: Mapping[str, Campaign], queues_of_agents: list[frozenset[str]]
) -> frozenset[str]:
    """The campaigns that may ask for an agent whom this campaign may ask for."""
    own = campaigns[name].queue
    reached = {queue for queues in queues_of_agents if own in queues for queue in queues} | {own}
    return frozenset(each for each, c in campaigns.items() if c.queue in reached)
