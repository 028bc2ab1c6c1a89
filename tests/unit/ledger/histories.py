"""Random calls as Asterisk writes them, beside what truly happened in each.

A call is a story that goes on until the caller hangs up, whatever it is in: menu, queues, ringing
phones, talk, hold, a consultation, a transfer, a parking lot. The story writes the lines of CEL and
queue_log as it goes and notes the truth beside them, without looking at the lines again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from callcenter.ledger.facts import CEL, QUEUE_LOG

AGENTS = {"1001": "201", "1002": "202", "1003": "203"}
QUEUES = ("support", "sales")
US = 1_000_000


class HungUp(Exception):
    """The caller has had enough."""


@dataclass
class TrueTalk:
    agent: str
    queue: str
    start: int
    end: int = 0
    held: int = 0
    named: bool = True  # no line says whose phone fetched a caller from the parking lot


@dataclass
class TrueVisit:
    queue: str
    entered: int
    outcome: str = "abandoned"
    wait: int = 0


@dataclass
class Truth:
    """Instants and lengths in microseconds."""

    id: str
    began: int
    ended: int = 0
    outcome: str = ""
    ended_by: str = ""
    visits: list[TrueVisit] = field(default_factory=list)
    talks: list[TrueTalk] = field(default_factory=list)


@dataclass
class Leg:
    uniqueid: str
    linkedid: str
    name: str
    number: str


class Story:
    """`patience_us`: how long the caller stays on the line at most."""

    def __init__(self, chance: Random, at_us: int, number: int, patience_us: int) -> None:
        self.chance = chance
        self.now = at_us
        self.lines: list[tuple[str, str]] = []
        self._numbers = iter(range(number * 20, number * 20 + 20))
        self.caller = self._leg("trunk-carrier", "")
        self.gives_up_at = at_us + patience_us
        self.truth = Truth(self.caller.uniqueid, at_us)
        self._in_queue: tuple[str, TrueVisit] | None = None
        self._hangup_source = ""

    # -- time and lines ----------------------------------------------------------------------

    def pass_time(self, least_ms: int, most_ms: int) -> None:
        self._go_to(self.now + self.chance.randint(least_ms, most_ms) * 1000)

    def _go_to(self, at: int) -> None:
        if at >= self.gives_up_at:
            self.now = max(self.now, self.gives_up_at)
            self.gives_up_at = 1 << 62  # once
            self._hangup_source = self.caller.name
            raise HungUp
        self.now = at

    def _leg(self, party: str, linkedid: str) -> Leg:
        number = next(self._numbers)
        uniqueid = f"pbx1-{self.now // US}.{number}"
        return Leg(uniqueid, linkedid or uniqueid, f"PJSIP/{party}-{number:08x}", party)

    def cel(self, event: str, leg: Leg, app: str = "", data: str = "", user: str = "",
            exten: str = "s", **extra: str) -> int:  # fmt: skip
        """Writes a line and returns its instant; two lines never share a microsecond."""
        self.now += self.chance.randint(20, 400)
        out = io.StringIO()
        values = (event, f"{self.now // US}.{self.now % US:06}", "", leg.number, "", exten, "cc",
                  leg.name, app, data, leg.uniqueid, leg.linkedid, "", user,
                  json.dumps(extra) if extra else "")  # fmt: skip
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(values)
        self.lines.append((CEL, out.getvalue()))
        return self.now

    def step(self, kind: str, name: str, detail: str = "") -> None:
        self.cel("CC_STEP", self.caller, user="CC_STEP", extra=f"{kind}|{name}|{detail}")

    def log(self, queue: str, agent: str, event: str, *data: object, call: str = "") -> None:
        columns = (self.now // US, call or self.caller.uniqueid, queue, agent, event, *data)
        self.lines.append((QUEUE_LOG, "|".join(map(str, columns))))

    # -- the call ----------------------------------------------------------------------------

    def play(self) -> None:
        self.truth.began = self.cel("CHAN_START", self.caller, exten="101")
        try:
            self.step("did", "101")
            self.pass_time(0, 600)
            self.cel("ANSWER", self.caller)
            if self.chance.random() < 0.5:
                self._menu()
            queues = list(QUEUES)
            self.chance.shuffle(queues)
            while queues and not self._queue(queues.pop()):
                if self.chance.random() < 0.3:
                    self._goes_on("voicemail", "600")
                    break
                if self.chance.random() < 0.2:
                    self._goes_on("callback", "spring")
                    break
        except HungUp:
            pass
        if self._in_queue is not None:
            self._leave_queue()
        source = self._hangup_source
        self.truth.ended = self.cel("HANGUP", self.caller, hangupcause="16", hangupsource=source)
        self.cel("CHAN_END", self.caller)
        self.cel("LINKEDID_END", self.caller)
        self._judge()

    def _menu(self) -> None:
        self.truth.outcome = "left"
        self.step("menu", "main")
        self.pass_time(200, 9000)
        self.step("digit", "main", "1")

    def _queue(self, queue: str) -> bool:
        """True: an agent answered, and it went on from there."""
        self.step("queue", queue)
        self.log(queue, "NONE", "CC_WRAP_UP", 10)
        entered = self.cel("APP_START", self.caller, "Queue", f"{queue},t")
        visit = TrueVisit(queue, entered)
        self.truth.visits.append(visit)
        self._in_queue = (queue, visit)
        self.log(queue, "NONE", "ENTERQUEUE", "", "555", 1)
        self.cel("STREAM_BEGIN", self.caller, user="MOH_STREAM_BEGIN")
        agents = list(AGENTS)
        self.chance.shuffle(agents)
        while agents and self.chance.random() < 0.8:
            agent = agents.pop()
            if self._rings(queue, agent):
                self._talk_of_queue(queue, visit, agent)
                return True
        self.pass_time(100, 5000)
        self.log(queue, "NONE", "EXITWITHTIMEOUT", 1, 1, 9)
        self.cel("STREAM_END", self.caller, user="MOH_STREAM_END")
        left = self.cel("APP_END", self.caller, "Queue", queue)
        visit.outcome, visit.wait, self._in_queue = "timeout", left - entered, None
        self.step("queue-exit", queue, "TIMEOUT")
        return False

    def _goes_on(self, place: str, name: str) -> None:
        """From the queue to a mailbox or the promise of a call, at once or by a message first."""
        if self.chance.random() < 0.5:
            self.step("message", "sorry")
            self.pass_time(100, 3000)
        self.truth.visits[-1].outcome = place
        self.step(place, name)
        self.pass_time(100, 9000)

    def _leave_queue(self) -> None:
        """The caller hung up in the queue, waiting or talking."""
        assert self._in_queue is not None
        queue, visit = self._in_queue
        waiting = visit.outcome == "abandoned"
        if waiting:
            self.cel("STREAM_END", self.caller, user="MOH_STREAM_END")
        left = self.cel("APP_END", self.caller, "Queue", queue)
        if waiting:
            visit.wait = left - visit.entered
            self.log(queue, "NONE", "ABANDON", 1, 1, int(visit.wait / US))

    def _rings(self, queue: str, agent: str) -> bool:
        self._phone = self._leg(AGENTS[agent], self.caller.uniqueid)
        began = self.cel("CHAN_START", self._phone)
        try:
            self.pass_time(300, 4000)
        except HungUp:
            self.log(queue, agent, "RINGCANCELED", (self.now - began) // 1000)
            self._end(self._phone)
            raise
        if self.chance.random() < 0.4:
            self.log(queue, agent, "RINGNOANSWER", (self.now - began) // 1000)
            self._end(self._phone)
            return False
        self.cel("ANSWER", self._phone, "AppQueue")
        self.log(queue, agent, "CONNECT", 1, self._phone.uniqueid, (self.now - began) // US)
        return True

    def _end(self, leg: Leg, source: str = "") -> None:
        self.cel("HANGUP", leg, hangupcause="16", hangupsource=source)
        self.cel("CHAN_END", leg)

    # -- talking -----------------------------------------------------------------------------

    def _talk_of_queue(self, queue: str, visit: TrueVisit, agent: str) -> None:
        self.cel("STREAM_END", self.caller, user="MOH_STREAM_END")
        phone, bridge = self._phone, f"b-{self._phone.uniqueid}"
        self.cel("BRIDGE_ENTER", phone, bridge_id=bridge)
        entered = self.cel("BRIDGE_ENTER", self.caller, bridge_id=bridge)
        visit.outcome, visit.wait = "answered", entered - visit.entered
        talk = TrueTalk(agent, queue, entered)
        self.truth.talks.append(talk)
        try:
            self._converse(talk)
        except HungUp:
            self._end_talk(talk, phone, bridge, "COMPLETECALLER")
            raise
        ending = self.chance.choice(["COMPLETEAGENT", "attended", "blind", "park"])
        if ending == "attended":
            self._consult(talk, phone, bridge)
        elif ending in ("blind", "park"):
            self._hand_over(talk, phone, bridge, ending)
        else:
            self._hangup_source = phone.name
            self._end_talk(talk, phone, bridge, ending)

    def _end_talk(self, talk: TrueTalk, phone: Leg, bridge: str, ending: str) -> None:
        talk.end = self.cel("BRIDGE_EXIT", phone, bridge_id=bridge)
        self.log(talk.queue, talk.agent, ending, 1, (talk.end - talk.start) // US, 1)
        self._end(phone, self._hangup_source)
        self.cel("BRIDGE_EXIT", self.caller, bridge_id=bridge)

    def _converse(self, talk: TrueTalk) -> None:
        for _ in range(self.chance.randint(0, 2)):
            self.pass_time(500, 20_000)
            with self._hold(talk):
                self.pass_time(500, 9000)
        self.pass_time(500, 20_000)

    @contextmanager
    def _hold(self, talk: TrueTalk) -> Iterator[None]:
        began = self.cel("STREAM_BEGIN", self.caller, user="MOH_STREAM_BEGIN")
        try:
            yield
        finally:
            talk.held += self.cel("STREAM_END", self.caller, user="MOH_STREAM_END") - began

    def _consult(self, talk: TrueTalk, phone: Leg, bridge: str) -> None:
        """The agent holds, asks a colleague, and leaves the caller with them."""
        colleague = self.chance.choice([each for each in AGENTS if each != talk.agent])
        own = self._leg(AGENTS[talk.agent], "")
        theirs = Leg("", "", "", "")
        aside = f"c-{own.uniqueid}"
        swapped = False
        try:
            with self._hold(talk):
                self.cel("CHAN_START", own, exten=AGENTS[colleague])
                name = f"phone|{AGENTS[colleague]}|{colleague}"
                self.cel("CC_STEP", own, user="CC_STEP", extra=name)
                theirs = self._leg(AGENTS[colleague], own.uniqueid)
                self.cel("CHAN_START", theirs)
                self.cel("ANSWER", theirs, "AppDial")
                self.cel("BRIDGE_ENTER", theirs, bridge_id=aside)
                self.cel("BRIDGE_ENTER", own, bridge_id=aside)
                self.pass_time(500, 9000)
                self.cel("BRIDGE_EXIT", theirs, bridge_id=aside)
            swapped = True
        finally:
            talk.end = self.cel("BRIDGE_EXIT", phone, bridge_id=bridge)
            if swapped:
                theirs.linkedid = self.caller.uniqueid
                joined = self.cel("BRIDGE_ENTER", theirs, bridge_id=bridge)
                named = self.chance.choice([self.caller.uniqueid, own.uniqueid])
                self.log(talk.queue, talk.agent, "ATTENDEDTRANSFER", "BRIDGE", "b", 1, 2, 1,
                         call=named)  # fmt: skip
                self.cel("ATTENDEDTRANSFER", phone)
            else:
                self.log(talk.queue, talk.agent, "COMPLETECALLER", 1, 2, 1)
                self.cel("BRIDGE_EXIT", self.caller, bridge_id=bridge)
                if theirs.uniqueid:
                    self.cel("BRIDGE_EXIT", theirs, bridge_id=aside)
                    self._end(theirs)
            self.cel("BRIDGE_EXIT", own, bridge_id=aside)
            self._end(phone)
            self._end(own)
        self._last_talk(TrueTalk(colleague, talk.queue, joined), theirs, bridge)

    def _hand_over(self, talk: TrueTalk, phone: Leg, bridge: str, how: str) -> None:
        """Blindly to a colleague's phone, or into the parking lot, where one fetches the caller."""
        colleague = self.chance.choice([each for each in AGENTS if each != talk.agent])
        extension = "700" if how == "park" else AGENTS[colleague]
        self.cel("BLINDTRANSFER", phone, extension=extension)
        talk.end = self.cel("BRIDGE_EXIT", self.caller, bridge_id=bridge)
        self.cel("BRIDGE_EXIT", phone, bridge_id=bridge)
        self.log(talk.queue, talk.agent, "BLINDTRANSFER", extension, "cc", 1, 2, 1)
        self._end(phone)
        self.cel("APP_END", self.caller, "Queue", talk.queue)
        self._in_queue = None
        theirs, lot = None, f"lot-{phone.uniqueid}"
        if how == "park":
            self.cel("PARK_START", self.caller)
            self.cel("BRIDGE_ENTER", self.caller, bridge_id=lot)
            self.cel("STREAM_BEGIN", self.caller, user="MOH_STREAM_BEGIN")
        else:
            self.step("phone", AGENTS[colleague], colleague)
            theirs = self._leg(AGENTS[colleague], self.caller.uniqueid)
            self.cel("CHAN_START", theirs)
        try:
            self.pass_time(500, 9000)
        finally:
            if how == "park":
                self.cel("STREAM_END", self.caller, user="MOH_STREAM_END")
                self.cel("PARK_END", self.caller)
                self.cel("BRIDGE_EXIT", self.caller, bridge_id=lot)
            elif theirs is not None and self._hangup_source:
                self._end(theirs)
        if theirs is None:
            theirs = self._leg(AGENTS[colleague], "")
            self.cel("CHAN_START", theirs, exten="701")
            theirs.linkedid = self.caller.uniqueid
        self.cel("ANSWER", theirs)
        together = f"d-{theirs.uniqueid}"
        self.cel("BRIDGE_ENTER", theirs, bridge_id=together)
        start = self.cel("BRIDGE_ENTER", self.caller, bridge_id=together)
        last = TrueTalk(colleague, talk.queue, start, named=how == "blind")
        self._last_talk(last, theirs, together)

    def _last_talk(self, talk: TrueTalk, phone: Leg, bridge: str) -> None:
        self.truth.talks.append(talk)
        try:
            self._converse(talk)
            self._hangup_source = phone.name
        finally:
            talk.end = self.cel("BRIDGE_EXIT", phone, bridge_id=bridge)
            self.cel("BRIDGE_EXIT", self.caller, bridge_id=bridge)
            self._end(phone, self._hangup_source)

    # -- the truth ---------------------------------------------------------------------------

    def _judge(self) -> None:
        truth = self.truth
        if truth.talks:
            truth.outcome = "answered"
        elif truth.visits:
            truth.outcome = truth.visits[-1].outcome
        elif not truth.outcome:
            truth.outcome = "failed"
        source = self._hangup_source
        truth.ended_by = "caller" if source == self.caller.name else "agent" if source else "system"


def history(chance: Random, calls: int, at: int) -> tuple[list[tuple[str, str]], list[Truth]]:
    """(source, line) in the order Asterisk wrote them, and the truth of each call.

    One call after the other; every agent signed in to both queues from before the first on.
    """
    lines = [
        (QUEUE_LOG, f"{at - 60}|MANAGER|{queue}|{agent}|ADDMEMBER|")
        for agent in AGENTS
        for queue in QUEUES
    ]
    truths = []
    now = at * US
    for number in range(calls):
        patience = chance.choice([chance.randint(1, 20 * US), chance.randint(1, 120 * US)])
        story = Story(chance, now, number, patience)
        story.play()
        lines += story.lines
        truths.append(story.truth)
        now = story.now + chance.randint(20, 60) * US
    return lines, truths
