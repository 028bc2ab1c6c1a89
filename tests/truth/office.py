"""Everybody of one run: lines for callers, desks for agents and experts, and each call's truth."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.phones import Phone, PhoneBank
from tests.phones.bank import PhoneCall
from tests.stack import TRUNK_ADDRESS, Stack
from tests.truth import clock
from tests.truth.scripts import Script
from tests.truth.told import TrueCall

if TYPE_CHECKING:
    from tests.truth.desk import Expert

CALLS_A_LINE = 3  # the SIP library carries four, and the fourth lets one end in peace
_FROM = re.compile(r"^(?:From|f):.*?sip:(\d+)@", re.MULTILINE)


def epoch(call: PhoneCall, state: str) -> float:
    """When this call reached a state, in epoch seconds; 0 when it never did."""
    at = call.reached_at.get(state)
    return clock.epoch_of(at) if at is not None else 0.0


def ended_at(call: PhoneCall) -> float:
    """The same for its end, which the library spells in several ways."""
    ends = (at for state, at in call.reached_at.items() if "disc" in state)
    return next((clock.epoch_of(at) for at in ends), 0.0)


def stays_up(call: PhoneCall, seconds: float) -> bool:
    """Lets the call go on for that long. False as soon as it is over."""
    bank = call.phone.bank
    with bank.changed:
        return not bank.changed.wait_for(lambda: call.ended, seconds)


def number_in(message: str) -> str:
    """The caller's number in an INVITE."""
    found = _FROM.search(message)
    return found[1] if found else ""


class Office:
    """Phones come with `open_lines` and with the desks; all leave with `close`."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.calls: dict[str, TrueCall] = {}  # caller's number → what really happened
        self.closing = threading.Event()
        self.experts: queue.Queue[Expert] = queue.Queue()
        self._folder = folder
        self._banks: list[PhoneBank] = []
        self._lines: queue.Queue[Phone] = queue.Queue()
        self._lock = threading.Lock()

    def bank(self, name: str) -> PhoneBank:
        """One for each phone, so that what happens at one wakes nobody else."""
        made = PhoneBank(self._folder / name)
        with self._lock:
            self._banks.append(made)
        return made

    def open_lines(self, count: int) -> None:
        phones = [
            self.bank(f"line-{each}").caller(
                self.stack.sip_server, str(each), address=TRUNK_ADDRESS
            )
            for each in range(count)
        ]
        for _ in range(CALLS_A_LINE):
            for phone in phones:
                self._lines.put(phone)

    def free_line(self) -> Phone:
        return self._lines.get(timeout=120)

    def give_back(self, line: Phone) -> None:
        self._lines.put(line)

    def desk_phone(self, extension: str) -> Phone:
        secret = next(
            phone.secret for phone in self.stack.site.phones if phone.extension == extension
        )
        return self.bank(f"desk-{extension}").desk_phone(extension, secret, self.stack.sip_server)

    def expert_for(self, truth: TrueCall, *, consulted: bool = False) -> Expert:
        """Somebody who will take this call and nothing else until it is over."""
        expert = self.experts.get(timeout=120)
        expert.ask(truth, consulted)
        return expert

    def expert_is_free(self, expert: Expert) -> None:
        self.experts.put(expert)

    def expects(self, chosen: Iterable[Script]) -> None:
        for script in chosen:
            self.calls[script.number] = TrueCall(script)

    def close(self) -> None:
        self.closing.set()
        for bank in self._banks:
            bank.close()
