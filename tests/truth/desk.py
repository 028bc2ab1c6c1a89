"""One desk: a phone, the agent or expert who sits there, and what they do with each call."""

from __future__ import annotations

import queue
import threading

from tests.phones.bank import PhoneCall, PhoneError
from tests.truth import clock
from tests.truth.office import Office, ended_at, epoch, number_in, stays_up
from tests.truth.scripts import Stage
from tests.truth.site import IN_TURN, PATIENT, QUEUE_OF, SALES, divides
from tests.truth.told import TrueCall, TrueRing, TrueTalk

NOT_SERVED = {QUEUE_OF[PATIENT], QUEUE_OF[IN_TURN]}  # nobody ever picks up a call of these
EDGE_SECONDS = 0.4  # no answer so near to the seconds that the service level divides at
LONGEST_SECONDS = 60


class Desk(threading.Thread):
    serves_queues = True

    def __init__(self, office: Office, agent: str, extension: str) -> None:
        super().__init__(name=f"desk-{extension}", daemon=True)
        self.agent, self.extension = agent, extension
        self.office = office
        self.phone = office.desk_phone(extension)
        self.pause_seconds = 0.0  # to be taken at the next quiet moment
        self.paused: list[tuple[float, float]] = []  # what came of it, epoch seconds
        self.at_work = threading.Event()  # not on a break
        self.at_work.set()
        self._served = 0

    def run(self) -> None:
        while not self.office.closing.is_set():
            call = self._next_call()
            if call is not None:
                self._serve_it(call)
            elif self.pause_seconds:
                self._pause()

    def _next_call(self) -> PhoneCall | None:
        def came() -> bool:
            return len(self._incoming()) > self._served or self.office.closing.is_set()

        with self.phone.bank.changed:
            self.phone.bank.changed.wait_for(came, 0.5)
        incoming = self._incoming()
        if len(incoming) <= self._served:
            return None
        self._served += 1
        return incoming[self._served - 1]

    def _incoming(self) -> list[PhoneCall]:
        return [call for call in self.phone.calls if call.message]

    def _serve_it(self, call: PhoneCall) -> None:
        truth = self.truth_of(call)
        if truth is None:
            return
        try:
            self.serve(call, truth)
        except (PhoneError, queue.Empty) as error:
            if not self.office.closing.is_set():
                truth.problem = f"at {self.agent}: {error}"
                truth.caller_may_hang_up.set()
                if not call.ended:
                    call.hang_up()

    def truth_of(self, call: PhoneCall) -> TrueCall | None:
        return self.office.calls.get(number_in(call.message))

    def serve(self, call: PhoneCall, truth: TrueCall) -> None:
        ring = TrueRing(self.agent, epoch(call, "incoming"), self.serves_queues)
        truth.rings.append(ring)
        stage = self._picks_up(call, truth)
        if stage is None:
            call.wait_ended(LONGEST_SECONDS)
            ring.ended = ended_at(call)
            self._rang_in_vain(truth, ring)
            return
        call.answer()
        ring.ended = epoch(call, "confirmed")
        self.talk(call, truth, stage, self.connected_at(truth, ring.ended))

    def _picks_up(self, call: PhoneCall, truth: TrueCall) -> Stage | None:
        """What comes next at this phone, once the time to answer has come; None: not here."""
        if truth.is_to_be_ignored():
            return None
        while not call.ended:
            stage = truth.stage_to_come()
            if stage is None:
                return None
            if self._ready_to_answer(truth) and clock.now() >= epoch(call, "incoming") + stage.ring:
                return stage
            stays_up(call, 0.05)
        return None

    def _ready_to_answer(self, truth: TrueCall) -> bool:
        queue_ = truth.waiting_in
        if not queue_ or queue_ in NOT_SERVED:
            return False
        waited = clock.now() - truth.visits[-1].entered
        return abs(waited - divides(queue_)[0]) > EDGE_SECONDS

    def _rang_in_vain(self, truth: TrueCall, ring: TrueRing) -> None:
        if truth.waiting_in == QUEUE_OF[IN_TURN]:
            truth.leaves("timeout", ring.ended)
            truth.enters("sales", ring.ended)

    def connected_at(self, truth: TrueCall, answered: float) -> float:
        """When the customer and this desk can hear each other."""
        truth.leaves("answered", answered, self.agent)
        return answered

    def talk(self, call: PhoneCall, truth: TrueCall, stage: Stage, since: float) -> None:
        truth.stage_begins()
        talk = TrueTalk(self.agent, self.extension, truth.queue, since)
        truth.talks.append(talk)
        stays_up(call, stage.talk)
        if stage.hold:
            self._hold(call, talk, stage.hold)
        match stage.then:
            case "agent":
                truth.ended_by = "agent"
                call.hang_up()
            case "caller":
                truth.caller_may_hang_up.set()
                call.wait_ended(LONGEST_SECONDS)
            case "blind":
                self._hand_over(call, truth, talk)
            case "requeue":
                self._send_back(call, truth, talk)
            case "attended":
                self._ask_and_hand_over(call, truth, talk)
        talk.ended = talk.ended or ended_at(call)

    def _hold(self, call: PhoneCall, talk: TrueTalk, seconds: float) -> None:
        call.hold()
        began = call.media_at[-1][1]
        stays_up(call, seconds)
        call.unhold()
        talk.held += call.media_at[-1][1] - began

    def _hand_over(self, call: PhoneCall, truth: TrueCall, talk: TrueTalk) -> None:
        expert = self.office.expert_for(truth)
        call.transfer(expert.extension)
        self._handed_over(call, talk)

    def _send_back(self, call: PhoneCall, truth: TrueCall, talk: TrueTalk) -> None:
        call.transfer(SALES)
        self._handed_over(call, talk)
        truth.enters("sales", talk.ended)

    def _ask_and_hand_over(self, call: PhoneCall, truth: TrueCall, talk: TrueTalk) -> None:
        expert = self.office.expert_for(truth, consulted=True)
        call.hold()
        held_at = clock.epoch_of(call.media_at[-1][1])
        consultation = self.phone.call(expert.extension)
        consultation.wait_up(LONGEST_SECONDS)
        stays_up(consultation, 0.5)
        call.transfer_to_call(consultation)
        self._handed_over(call, talk)
        talk.held += talk.ended - held_at
        expert.joined(talk.ended)

    def _handed_over(self, call: PhoneCall, talk: TrueTalk) -> None:
        call.wait_ended(LONGEST_SECONDS)
        told = clock.epoch_of(call.transferred_at) if call.transferred_at else ended_at(call)
        talk.ended = min(told, ended_at(call))

    def _pause(self) -> None:
        seconds, self.pause_seconds = self.pause_seconds, 0.0
        self.at_work.clear()
        try:
            began = self._dial("*13")
            self.office.closing.wait(seconds)
            self.paused.append((began, self._dial("*14")))
        finally:
            self.at_work.set()

    def _dial(self, code: str) -> float:
        """When the code was taken."""
        call = self.phone.call(code).wait_up(20)
        call.wait_ended(30)
        return epoch(call, "confirmed")


class Expert(Desk):
    """Takes what it was asked to take, one at a time."""

    serves_queues = False

    def __init__(self, office: Office, agent: str, extension: str) -> None:
        super().__init__(office, agent, extension)
        self._asked: TrueCall | None = None
        self._consulted = False
        self._joined: queue.Queue[float] = queue.Queue()

    def ask(self, truth: TrueCall, consulted: bool) -> None:
        self._asked, self._consulted = truth, consulted
        self._joined = queue.Queue()

    def joined(self, at: float) -> None:
        """The agent who consulted this expert has left the customer to them."""
        self._joined.put(at)

    def truth_of(self, call: PhoneCall) -> TrueCall | None:
        return self._asked

    def serve(self, call: PhoneCall, truth: TrueCall) -> None:
        try:
            super().serve(call, truth)
        finally:
            self._asked = None
            self.office.expert_is_free(self)

    def _ready_to_answer(self, truth: TrueCall) -> bool:
        return True

    def connected_at(self, truth: TrueCall, answered: float) -> float:
        return self._joined.get(timeout=LONGEST_SECONDS) if self._consulted else answered
