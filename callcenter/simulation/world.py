"""One shift of one campaign on a simulated clock: dials, answers, agents, and a policy that dials.

The world knows the truth; the policy sees only what a dialer sees (a Snapshot, and what happened
to its own calls). Everything random comes from one `Random`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.simulation.scenario import Change, Scenario
from callcenter.simulation.staff import Staff

LINES_PER_AGENT = 12


class Policy(Protocol):
    """How many calls to place, asked every `interval_seconds`; told what happens to them."""

    interval_seconds: float

    def decide(self, snapshot: Snapshot) -> int: ...
    def dialed(self, call: int, at_seconds: float) -> None: ...
    def answered(self, call: int, at_seconds: float) -> None: ...
    def ended(self, call: int, at_seconds: float) -> None: ...
    def talk_ended(self, seconds: float) -> None: ...
    def wrap_up_ended(self, seconds: float) -> None: ...


@dataclass
class Tally:
    """What one shift came to."""

    staffed_seconds: float = 0.0
    talk_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    dials: int = 0
    live_answered: int = 0
    connected: int = 0
    abandoned: int = 0
    false_machines: int = 0  # people hung up on because detection called them machines
    missed_machines: int = 0  # machines that reached an agent
    inbound_offered: int = 0
    inbound_answered: int = 0
    inbound_abandoned: int = 0
    idle_stretches: list[float] = field(default_factory=list)
    connect_waits: list[float] = field(default_factory=list)


class World:
    """A shift, run by `run()`. Events are a heap of (time, order, action, argument)."""

    def __init__(self, scenario: Scenario, policy: Policy, random: Random) -> None:
        self.scenario, self.policy, self.random = scenario, policy, random
        self.now = 0.0
        self.tally = Tally()
        self._heap: list[tuple[float, int, int, int]] = []
        self._order = 0
        self._ids = 0
        self.staff = Staff(scenario.agents)
        self._ringing: dict[int, float] = {}
        self._detecting: set[int] = set()
        self._waiting: dict[int, float] = {}
        self._inbound: dict[int, float] = {}
        self._leads = scenario.leads
        self._p = [scenario.human_p, scenario.machine_p, scenario.busy_p]
        self._talk_scale = 1.0
        self._inbound_per_second = scenario.inbound_per_hour / 3600
        self._inbound_epoch = 0
        self._actions = (
            self._policy_due,
            self._human_answers,
            self._machine_answers,
            self._no_person,
            self._machine_detected,
            self._patience_ends,
            self._talk_ends,
            self._wrap_up_ends,
            self._change_due,
            self._inbound_arrives,
            self._inbound_gives_up,
            self._false_machine,
        )

    # -- clock ---------------------------------------------------------------------------------
    def run(self) -> Tally:
        self._at(0.0, POLICY_DUE, 0)
        for index, change in enumerate(self.scenario.timeline):
            self._at(change.at, CHANGE_DUE, index)
        self._plan_inbound()
        end = self.scenario.shift_seconds
        while self._heap and self._heap[0][0] <= end:
            self.now, _, action, argument = heapq.heappop(self._heap)
            self._actions[action](argument)
        self.now = end
        self._close_books()
        return self.tally

    def _at(self, when: float, action: int, argument: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (when, self._order, action, argument))

    def _new_id(self) -> int:
        self._ids += 1
        return self._ids

    def _close_books(self) -> None:
        self.staff.count_until(self.now)
        self.tally.staffed_seconds = self.staff.staffed_seconds
        self.tally.talk_seconds += sum(self.now - t for t in self.staff.talking_since.values())
        self.tally.wrap_up_seconds += sum(self.now - t for t in self.staff.wrapping_since.values())

    # -- dialing -------------------------------------------------------------------------------
    def _policy_due(self, _argument: int) -> None:
        self._at(self.now + self.policy.interval_seconds, POLICY_DUE, 0)
        wanted = self.policy.decide(self.snapshot())
        for _ in range(min(wanted, self._leads)):
            self._dial()

    def snapshot(self) -> Snapshot:
        now = self.now
        talking_seconds, wrap_up_seconds = self.staff.busy_seconds(now)
        in_call = len(self.staff.talking_since)
        lines = LINES_PER_AGENT * max(self.staff.staying, 1)
        return Snapshot(
            at_seconds=now,
            agents_ready=len(self.staff.idle_since),
            talking_seconds=talking_seconds,
            wrap_up_seconds=wrap_up_seconds,
            ringing_seconds=[now - began for began in self._ringing.values()],
            detecting=len(self._detecting),
            waiting=len(self._waiting) + len(self._inbound),
            free_lines=lines - len(self._ringing) - in_call,
            live_answered=self.tally.live_answered,
            abandoned=self.tally.abandoned,
            in_call_total=in_call,
        )

    def _dial(self) -> None:
        call = self._new_id()
        self._leads -= 1
        self.tally.dials += 1
        self._ringing[call] = self.now
        self.policy.dialed(call, self.now)
        draw, random, scenario = self.random.random(), self.random, self.scenario
        human, machine, busy = self._p
        if draw < human:
            self._at(self.now + scenario.human_answer_seconds(random), HUMAN_ANSWERS, call)
        elif draw < human + machine:
            self._at(self.now + scenario.machine_answer_seconds(random), MACHINE_ANSWERS, call)
        elif draw < human + machine + busy:
            self._at(self.now + scenario.busy_after_seconds(random), NO_PERSON, call)
        else:
            self._at(self.now + scenario.no_answer_after_seconds(random), NO_PERSON, call)

    def _human_answers(self, call: int) -> None:
        del self._ringing[call]
        self.tally.live_answered += 1
        if self.random.random() < self.scenario.human_called_machine_p:
            self._detecting.add(call)
            self._at(self.now + self.scenario.machine_detect_seconds, FALSE_MACHINE, call)
            return
        self.policy.answered(call, self.now)
        self._seek_agent(call, "person")

    def _false_machine(self, call: int) -> None:
        self._detecting.discard(call)
        self.tally.false_machines += 1
        self.policy.ended(call, self.now)

    def _machine_answers(self, call: int) -> None:
        del self._ringing[call]
        if self.random.random() < self.scenario.machine_missed_p:
            self.tally.missed_machines += 1
            self.policy.answered(call, self.now)
            self._seek_agent(call, "machine")
            return
        self._detecting.add(call)
        self._at(self.now + self.scenario.machine_detect_seconds, MACHINE_DETECTED, call)

    def _machine_detected(self, call: int) -> None:
        self._detecting.discard(call)
        self.policy.ended(call, self.now)

    def _no_person(self, call: int) -> None:
        del self._ringing[call]
        self.policy.ended(call, self.now)

    def _seek_agent(self, call: int, kind: str) -> None:
        if self.staff.idle_since:
            self._connect(call, kind, 0.0)
        elif kind == "person":
            self._waiting[call] = self.now
            self._at(self.now + self.scenario.patience_seconds, PATIENCE_ENDS, call)

    def _patience_ends(self, call: int) -> None:
        if self._waiting.pop(call, None) is not None:
            self.tally.abandoned += 1

    # -- inbound, served first -----------------------------------------------------------------
    def _plan_inbound(self) -> None:
        self._inbound_epoch += 1
        if self._inbound_per_second > 0:
            gap = self.random.expovariate(self._inbound_per_second)
            self._at(self.now + gap, INBOUND_ARRIVES, self._inbound_epoch)

    def _inbound_arrives(self, epoch: int) -> None:
        if epoch != self._inbound_epoch:
            return
        self._plan_inbound()
        call = self._new_id()
        self.tally.inbound_offered += 1
        if self.staff.idle_since:
            self.tally.inbound_answered += 1
            self._connect(call, "inbound", 0.0)
            return
        self._inbound[call] = self.now
        patience = self.random.expovariate(1 / self.scenario.inbound_patience_seconds)
        self._at(self.now + patience, INBOUND_GIVES_UP, call)

    def _inbound_gives_up(self, call: int) -> None:
        if self._inbound.pop(call, None) is not None:
            self.tally.inbound_abandoned += 1

    # -- agents --------------------------------------------------------------------------------
    def _connect(self, call: int, kind: str, waited: float) -> None:
        self.tally.idle_stretches.append(self.staff.take(call, self.now))
        if kind == "person":
            self.tally.connected += 1
            self.tally.connect_waits.append(waited)
        seconds = self.scenario.missed_talk_seconds
        if kind != "machine":
            seconds = self.scenario.talk_seconds(self.random) * self._talk_scale
        self._at(self.now + seconds, TALK_ENDS, call)

    def _talk_ends(self, call: int) -> None:
        seconds = self.staff.begin_wrap_up(call, self.now)
        self.tally.talk_seconds += seconds
        self.policy.talk_ended(seconds)
        self._at(self.now + self.scenario.wrap_up_seconds(self.random), WRAP_UP_ENDS, call)

    def _wrap_up_ends(self, call: int) -> None:
        seconds, idle = self.staff.end_wrap_up(call, self.now)
        self.tally.wrap_up_seconds += seconds
        self.policy.wrap_up_ended(seconds)
        if idle:
            self._serve_next()

    def _serve_next(self) -> None:
        """Inbound callers first, then people who answered, each in order of arrival."""
        if self._inbound:
            call = next(iter(self._inbound))
            del self._inbound[call]
            self.tally.inbound_answered += 1
            self._connect(call, "inbound", 0.0)
        elif self._waiting:
            call, since = next(iter(self._waiting.items()))
            del self._waiting[call]
            self._connect(call, "person", self.now - since)

    # -- what the policy is not told -----------------------------------------------------------
    def _change_due(self, index: int) -> None:
        change: Change = self.scenario.timeline[index]
        for place, value in enumerate((change.human_p, change.machine_p, change.busy_p)):
            if value is not None:
                self._p[place] = value
        if change.talk_mean is not None and self.scenario.talk_mean > 0:
            self._talk_scale = change.talk_mean / self.scenario.talk_mean
        if change.inbound_per_hour is not None:
            self._inbound_per_second = change.inbound_per_hour / 3600
            self._plan_inbound()
        if change.agents is not None:
            for _ in range(self.staff.change_to(change.agents, self.now)):
                self._serve_next()


(
    POLICY_DUE,
    HUMAN_ANSWERS,
    MACHINE_ANSWERS,
    NO_PERSON,
    MACHINE_DETECTED,
    PATIENCE_ENDS,
    TALK_ENDS,
    WRAP_UP_ENDS,
    CHANGE_DUE,
    INBOUND_ARRIVES,
    INBOUND_GIVES_UP,
    FALSE_MACHINE,
) = range(12)
