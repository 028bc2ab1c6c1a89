"""Getting a caller and an agent to talk, and saying who hears whom by their tones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.phones import Phone, PhoneCall
from tests.phones.bank import listen_all
from tests.phones.tones import Tones, Unclear
from tests.stack import eventually
from tests.stack_site import SUPPORT


def talk(caller: Phone, agent: Phone, number: str = SUPPORT) -> tuple[PhoneCall, PhoneCall]:
    """The caller's leg and the agent's leg of an answered call."""
    ring = agent.next_call()
    outside = caller.call(number)
    inside = ring(15)
    inside.answer()
    outside.wait_up()
    # Answered is not yet connected: Asterisk joins the two a moment later.
    wait_hears([outside, inside], [{agent.name}, {caller.name}])
    return outside, inside


def who_hears_whom(calls: Sequence[PhoneCall], seconds: float = 0.6) -> list[set[str]]:
    """For each call, the names of the phones whose tone arrived there."""
    named = {call.phone.hz: call.phone.name for call in calls}
    heard = listen_all(calls, seconds)
    return [{named[hz] for hz in tones.heard(named)} for tones in heard]


def wait_hears(calls: Sequence[PhoneCall], expected: list[set[str]], seconds: float = 6) -> None:
    """Waits until everybody hears just whom they should (bridging takes a moment)."""

    def settled() -> bool:
        try:
            return who_hears_whom(calls, 0.4) == expected == who_hears_whom(calls)
        except AssertionError:
            return False  # a tone was half there: the change fell into the measurement

    eventually(settled, seconds, f"{expected} to be who hears whom, twice in a row")


def wait_tone(call: PhoneCall, hz: int, heard: bool = True, seconds: float = 5) -> None:
    """Waits until this tone is (or is no more) heard there, for the whole of a measurement."""

    def settled() -> bool:
        try:
            return call.listen(0.4).has(hz) == heard
        except Unclear:
            return False  # the change fell into the measurement

    eventually(settled, seconds, f"{hz} Hz {'to be heard' if heard else 'to be gone'}")


class Heard:
    """What a call hears, in one recording without a gap: what is played once is not missed."""

    def __init__(self, recording: Path) -> None:
        self._recording = recording
        self._at = 0.0  # so far it was waited through

    def wait_tone(self, hz: int, seconds: float = 5) -> None:
        """Until this tone comes, after what was waited for before."""
        eventually(lambda: self._comes(hz), seconds, f"{hz} Hz to be heard")

    def _comes(self, hz: int) -> bool:
        tones = Tones.so_far(self._recording)
        while self._at + 0.2 <= tones.seconds:
            window = tones.part(self._at, self._at + 0.2)
            self._at += 0.1
            if window.level(hz) > -30:
                return True
        return False


@contextmanager
def overheard(call: PhoneCall) -> Iterator[Heard]:
    """From here to the end of the block. Best begun before the call is answered."""
    with call.recorded() as recording:
        yield Heard(recording)
