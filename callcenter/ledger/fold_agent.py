"""queue_log lines about one agent → intervals that meet end to start while the agent is signed in.

signed in to no queue      → no interval
talking  CONNECT … until COMPLETE*, a transfer, or a new start of Asterisk
paused   in every queue signed in to (or PAUSEALL)
ready    otherwise
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from callcenter.ledger.channels import in_order
from callcenter.ledger.facts import Fact
from callcenter.ledger.parse_queue_log import PBX_STARTED

TALK_ENDS = frozenset(
    {"COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"}
)
EVERY_QUEUE = "*"


@dataclass(frozen=True)
class Interval:
    state: str
    reason: str
    started_at: float
    ended_at: float | None
    signs_in: bool


@dataclass
class _Agent:
    queues: set[str] = field(default_factory=set)
    paused: dict[str, str] = field(default_factory=dict)  # queue → reason
    calls: set[str] = field(default_factory=set)

    def state(self) -> tuple[str, str]:
        if not self.queues:
            return ("", "")
        if self.calls:
            return ("talking", "")
        if EVERY_QUEUE in self.paused:
            return ("paused", self.paused[EVERY_QUEUE])
        if self.queues <= self.paused.keys():
            return ("paused", next((self.paused[each] for each in sorted(self.queues)), ""))
        return ("ready", "")


def fold_agent(facts: Iterable[Fact]) -> tuple[Interval, ...]:
    """`facts` of one agent in any order, with the starts of Asterisk among them."""
    agent = _Agent()
    changes: list[tuple[float, tuple[str, str]]] = []
    for fact in in_order(facts):
        _apply(agent, fact)
        state = agent.state()
        if changes and changes[-1][0] == fact.at:
            changes.pop()  # several lines in one second: the last one says what it came to
        if (changes[-1][1] if changes else ("", "")) != state:
            changes.append((fact.at, state))
    return _tile(changes)


def _apply(agent: _Agent, fact: Fact) -> None:
    queue = fact.get("queue") or EVERY_QUEUE
    match fact.event:
        case "ADDMEMBER":
            agent.queues.add(queue)
        case "REMOVEMEMBER":
            agent.queues.discard(queue)
            agent.paused.pop(queue, None)
        case "PAUSE":
            agent.paused[queue] = fact.get("data1")
        case "PAUSEALL":
            agent.paused[EVERY_QUEUE] = fact.get("data1")
        case "UNPAUSE":
            agent.paused.pop(queue, None)
        case "UNPAUSEALL":
            agent.paused.clear()
        case "CONNECT":
            agent.calls.add(fact.uniqueid)
        case event if event in TALK_ENDS:
            agent.calls.discard(fact.uniqueid)
        case event if event == PBX_STARTED:
            agent.calls.clear()


def _tile(changes: list[tuple[float, tuple[str, str]]]) -> tuple[Interval, ...]:
    intervals = []
    before = ""
    ends = [*(at for at, _ in changes[1:]), None]
    for (start, (state, reason)), end in zip(changes, ends, strict=False):
        if state:
            intervals.append(Interval(state, reason, start, end, signs_in=not before))
        before = state
    return tuple(intervals)
