"""One caller: dials, presses, waits, hangs up as the script says, and notes what happened."""

from __future__ import annotations

import queue
import threading
import time

from tests.phones.bank import PhoneCall, PhoneError
from tests.stack import TRUNK_ADDRESS
from tests.truth import clock
from tests.truth.desk import LONGEST_SECONDS
from tests.truth.office import Office, ended_at, epoch, stays_up
from tests.truth.scripts import Script, turned_away
from tests.truth.site import (
    IN_TURN,
    MENU_CHOICES,
    MESSAGE_SECONDS,
    PATIENT_SECONDS,
    QUEUE_OF,
    direct_did,
)
from tests.truth.told import TrueCall

DIGIT_SECONDS = 0.2  # how long the library sends one
WITHOUT_QUEUE = {"closed": "closed", "menu_timeout": "self_service", "leaves_menu": "left",
                 "direct_unanswered": "not_answered"}  # fmt: skip
# What the queue does with callers who hear the message and are hung up on.
TURNED_AWAY = {"times_out": "timeout", "turned_away": "overflow", "nobody": "no_agents"}
_narrow = threading.Lock()  # one crowd at a time: the narrow queue has room for one


def make_call(office: Office, script: Script) -> None:
    if script.kind == "crowd":
        with _narrow:
            _play(office, script)
    else:
        _play(office, script)


def _play(office: Office, script: Script) -> None:
    truth = office.calls[script.number]
    try:
        dialed = _dialed(office, truth)
        line = office.free_line()
    except queue.Empty:
        truth.problem = "no line or expert came free"
        return
    try:
        caller = f'"Caller {script.number}" <sip:{script.number}@{TRUNK_ADDRESS}>'
        call = line.call(dialed, caller=caller)
        truth.began = clock.epoch_of(call.began)
        _Caller(office, truth, call).play()
    except PhoneError as error:
        truth.problem = truth.problem or f"caller: {error}"
    finally:
        office.give_back(line)


def _dialed(office: Office, truth: TrueCall) -> str:
    if truth.script.kind.startswith("direct"):
        return direct_did(office.expert_for(truth).extension)
    return truth.script.dialed


class _Caller:
    def __init__(self, office: Office, truth: TrueCall, call: PhoneCall) -> None:
        self._office, self._truth, self._call = office, truth, call
        self._hung_up = False

    def play(self) -> None:
        script = self._truth.script
        if not script.kind.startswith("direct"):
            self._call.wait_up(30)
            self._comes_in()
        if script.kind == "crowd":
            stays_up(self._call, 1.0)
            make_call(self._office, turned_away(script))
        self._waits()
        self._notes_the_end()

    def _comes_in(self) -> None:
        """Through the menu, or straight into a queue."""
        script = self._truth.script
        if script.digit:
            stays_up(self._call, 0.3)
            self._call.send_digits(script.digit)
            self._truth.enters(MENU_CHOICES[script.digit], clock.now() + DIGIT_SECONDS)
        elif script.dialed in QUEUE_OF:
            self._truth.enters(QUEUE_OF[script.dialed], epoch(self._call, "confirmed"))

    def _waits(self) -> None:
        script, call = self._truth.script, self._call
        if script.kind == "leaves_menu":
            stays_up(call, 0.8)
            self._hangs_up()
        elif script.patience is not None:
            since = self._truth.visits[-1].entered if self._truth.visits else self._truth.began
            stays_up(call, since + script.patience - clock.now())
            self._hangs_up()
        elif script.dialed == IN_TURN:
            self._waits_in_turn()
        while not call.ended and not self._truth.caller_may_hang_up.wait(0.1):
            if time.monotonic() - call.began > 2 * LONGEST_SECONDS:
                self._truth.problem = self._truth.problem or "it never ended"
                break
        if not call.ended:
            self._hangs_up()

    def _waits_in_turn(self) -> None:
        """The first queue gives up after the ring that is on; without one, at whole seconds."""
        entered = self._truth.visits[0].entered
        gives_up = int(entered) + PATIENT_SECONDS
        stays_up(self._call, PATIENT_SECONDS + 0.7)
        rings = any(not ring.ended for ring in self._truth.rings)
        if self._truth.waiting_in == QUEUE_OF[IN_TURN] and not rings:
            self._truth.leaves("timeout", gives_up + 0.5)
            self._truth.enters("sales", gives_up + 0.5)

    def _hangs_up(self) -> None:
        if not self._call.ended:
            self._hung_up = True
            self._call.hang_up()

    def _notes_the_end(self) -> None:
        truth, kind = self._truth, self._truth.script.kind
        ended = ended_at(self._call)
        by = "caller" if self._hung_up else truth.ended_by or "system"
        if kind in TURNED_AWAY:
            truth.leaves(TURNED_AWAY[kind], max(truth.visits[-1].entered, ended - MESSAGE_SECONDS))
        elif truth.waiting_in:
            truth.leaves("abandoned" if self._hung_up else "cut", ended)
        outcome = "answered" if truth.talks else WITHOUT_QUEUE.get(kind, "")
        truth.over(outcome or truth.visits[-1].outcome, by, ended)
