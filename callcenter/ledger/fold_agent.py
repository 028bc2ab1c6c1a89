"""queue_log lines about one agent → intervals that meet end to start while the agent is signed in.

The first layer that covers a moment says the state:

talking   CONNECT … COMPLETE*, a transfer, or a new start of Asterisk
ringing   the milliseconds before RINGNOANSWER or RINGCANCELED, the seconds before CONNECT
paused    in every queue signed in to
wrap_up   the queue's seconds (CC_WRAP_UP, written with each visit) after a talk; the next one or a
          new start of Asterisk ends it early
ready     otherwise

Signing out ends everything, so a signed-in stretch depends on no line before it. Where nothing but
queues and pauses is to be known, an interval carries them: later lines can be folded from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from callcenter.ledger.channels import in_order
from callcenter.ledger.facts import Fact
from callcenter.ledger.parse_queue_log import PBX_STARTED, WRAP_UP
from callcenter.ledger.tile import Base, Interval, Span, tile

TALK_ENDS = frozenset(
    {"COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"}
)
RING_ENDS = frozenset({"RINGNOANSWER", "RINGCANCELED"})
EVERY_QUEUE = "*"
LONGEST_RING_SECONDS = 600.0  # a line tells of no more than this before it


@dataclass(frozen=True)
class Resume:
    """An interval that carries all that lines after `at` need of the ones up to it."""

    at: float
    carried: Mapping[str, Any]
    signs_in: bool


@dataclass
class _Agent:
    queues: set[str] = field(default_factory=set)
    paused: dict[str, str] = field(default_factory=dict)  # queue → reason
    signed_in_at: float = 0.0
    calls: dict[str, Span] = field(default_factory=dict)  # caller's channel → talk
    wrap_up: Span | None = None
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)  # (call, queue) → wrap-up
    base: list[Base] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def show(self, at: float) -> None:
        """Notes what it came to after all lines of one second."""
        carried = {"queues": sorted(self.queues), "paused": dict(sorted(self.paused.items()))}
        state, reason = "", ""
        if self.queues:
            state = "paused" if self.queues <= self.paused.keys() else "ready"
        if state == "paused":
            reason = next((self.paused[each] for each in sorted(self.queues)), "")
        self.base.append(Base(at, state, reason, carried))

    def end_calls(self, at: float) -> None:
        for talk in self.calls.values():
            talk.end = at
        self.calls.clear()
        self.end_wrap_up(at)

    def talk_ended_by(self, fact: Fact, queue: str) -> Span | None:
        talk = self.calls.get(fact.uniqueid)
        if talk is None and fact.event == "ATTENDEDTRANSFER":
            # It can name the consultation's channel. Nobody has two calls of one queue at a time.
            return next((each for each in self.calls.values() if each.queue == queue), None)
        return talk

    def first_ends(self, facts: Iterable[Fact]) -> list[Fact]:
        """Of each talk that is up, the first line that ends it."""
        found: dict[str, Fact] = {}
        for fact in facts:
            if fact.event in TALK_ENDS:
                talk = self.talk_ended_by(fact, fact.get("queue") or EVERY_QUEUE)
                if talk is not None:
                    found.setdefault(talk.call_id, fact)
        return list(found.values())

    def end_wrap_up(self, at: float) -> None:
        if self.wrap_up is not None and self.wrap_up.end is not None:
            self.wrap_up.end = max(self.wrap_up.start, min(self.wrap_up.end, at))
        self.wrap_up = None


def fold_agent(facts: Iterable[Fact], resume: Resume | None = None) -> tuple[Interval, ...]:
    """`facts` in any order: of one agent, after `resume.at`; the starts of Asterisk; and the lines
    that tell the wrap-up of the agent's calls."""
    agent = _Agent()
    if resume is not None:
        agent.queues = set(resume.carried["queues"])
        agent.paused = dict(resume.carried["paused"])
        agent.signed_in_at = resume.at
        agent.show(resume.at)
    for at, some in groupby(in_order(facts), key=lambda fact: fact.at):
        for fact in _possible_order(agent, list(some)):
            _apply(agent, fact)
        agent.show(at)
    return tile(agent.base, agent.spans, signs_in=resume is None or resume.signs_in)


def _possible_order(agent: _Agent, facts: Sequence[Fact]) -> list[Fact]:
    """Lines of one second in an order that can have been: nobody leaves a queue they are not in,
    and nobody answers while they talk.

    queue_log has whole seconds; who changes phones signs out and in within one.
    """

    first_ends = agent.first_ends(facts)

    def rank(fact: Fact) -> int:
        queue = fact.get("queue") or EVERY_QUEUE
        paused = agent.paused.keys() >= (agent.queues if queue == EVERY_QUEUE else {queue})
        match fact.event:
            case event if event == PBX_STARTED:
                return -1  # Asterisk takes seconds to start: what else it wrote came after
            case event if event == WRAP_UP:
                return 0
            case "ADDMEMBER":
                return 3 if queue in agent.queues else 1
            case "REMOVEMEMBER":
                return 2 if queue in agent.queues else 10
            case "PAUSE" | "PAUSEALL":
                return 6 if paused else 4
            case "UNPAUSE" | "UNPAUSEALL":
                return 5
            case _ if fact in first_ends:
                return 7  # what was up ends before the next begins, be it the same caller again
            case "CONNECT":
                return 8
        return 9

    return sorted(facts, key=rank)


def _apply(agent: _Agent, fact: Fact) -> None:
    queue = fact.get("queue") or EVERY_QUEUE
    match fact.event:
        case event if event == WRAP_UP:
            agent.seconds[fact.uniqueid, queue] = _number(fact.get("data1"))
        case event if event == PBX_STARTED:
            agent.end_calls(fact.at)
        case "ADDMEMBER" | "REMOVEMEMBER":
            _sign(agent, fact, queue)
        case "PAUSE" | "PAUSEALL" | "UNPAUSE" | "UNPAUSEALL":
            _pause(agent, fact, queue)
        case _ if not agent.queues:
            pass  # a static member, or the last line of a call that outlived the sign-out
        case "CONNECT":
            _ring(agent, fact, _number(fact.get("data3")))
            agent.end_wrap_up(fact.at)
            talk = Span("talking", fact.at, None, queue, fact.uniqueid)
            agent.calls[fact.uniqueid] = talk
            agent.spans.append(talk)
        case event if event in RING_ENDS:
            _ring(agent, fact, _number(fact.get("data1")) / 1000)
        case event if event in TALK_ENDS:
            _end_talk(agent, fact, queue)


def _sign(agent: _Agent, fact: Fact, queue: str) -> None:
    if fact.event == "ADDMEMBER":
        if not agent.queues:
            agent.signed_in_at = fact.at
        agent.queues.add(queue)
        if fact.get("data1") == "PAUSED":
            agent.paused.setdefault(queue, "")
        return
    agent.queues.discard(queue)
    agent.paused.pop(queue, None)
    if not agent.queues:
        agent.paused.clear()
        agent.end_calls(fact.at)


def _pause(agent: _Agent, fact: Fact, queue: str) -> None:
    if not agent.queues:
        return
    queues = agent.queues if queue == EVERY_QUEUE else {queue}
    for each in queues:
        if fact.event.startswith("UN"):
            agent.paused.pop(each, None)
        else:
            agent.paused[each] = fact.get("data1")


def _ring(agent: _Agent, fact: Fact, seconds: float) -> None:
    start = max(agent.signed_in_at, fact.at - min(seconds, LONGEST_RING_SECONDS))
    if start < fact.at:
        agent.spans.append(Span("ringing", start, fact.at, fact.get("queue"), fact.uniqueid))


def _end_talk(agent: _Agent, fact: Fact, queue: str) -> None:
    talk = agent.talk_ended_by(fact, queue)
    if talk is None:
        return
    del agent.calls[talk.call_id]
    at = talk.end = fact.at
    agent.end_wrap_up(at)
    seconds = agent.seconds.get((talk.call_id, talk.queue), 0.0)
    if seconds:
        agent.wrap_up = Span("wrap_up", at, at + seconds, talk.queue, talk.call_id)
        agent.spans.append(agent.wrap_up)


def _number(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0
