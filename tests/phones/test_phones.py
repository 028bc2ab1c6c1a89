"""The test instruments themselves: two phones talk to each other with no PBX between them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from tests.pbx.talking import wait_tone
from tests.phones import Phone, PhoneBank, PhoneError, Tones
from tests.phones.bank import TONES_HZ, listen_all


def free_udp_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneBank]:
    with PhoneBank(tmp_path_factory.mktemp("phones")) as bank:
        yield bank


@pytest.fixture(scope="module")
def pair(bank: PhoneBank) -> tuple[Phone, Phone]:
    port = free_udp_port("127.0.0.3")
    there = bank.caller("127.0.0.2", number="200", address="127.0.0.3", port=port)
    here = bank.caller(f"127.0.0.3:{port}", number="100", name='An "odd" name')
    return here, there


def test_each_hears_the_other_and_not_itself(pair: tuple[Phone, Phone]) -> None:
    here, there = pair
    ring = there.next_call()
    call = here.call("200")
    answered = ring().answer()
    call.wait_up()
    wait_tone(call, there.hz)
    wait_tone(answered, here.hz)
    heard_here, heard_there = listen_all([call, answered])
    assert heard_here.heard(TONES_HZ) == {there.hz}
    assert heard_there.heard(TONES_HZ) == {here.hz}
    assert 'An \\"odd\\" name' in answered.message
    call.hang_up()
    answered.wait_ended()


def test_digits_hold_and_refusal(pair: tuple[Phone, Phone]) -> None:
    here, there = pair
    ring = there.next_call()
    call = here.call("200")
    answered = ring().answer()
    call.wait_up()
    call.send_digits("42#")
    answered.wait_digits("42#")
    call.hold()
    answered.wait_media("remote_hold")
    wait_tone(answered, here.hz, heard=False)
    call.unhold()
    answered.wait_media("active")
    wait_tone(answered, here.hz)
    answered.hang_up()
    call.wait_ended()
    ring = there.next_call()
    call = here.call("200")
    ring().reject(486)
    call.wait_ended()
    assert call.code == 486


def test_a_wait_that_fails_says_what_the_phone_saw(pair: tuple[Phone, Phone]) -> None:
    here, there = pair
    ring = there.next_call()
    call = here.call("200")
    ring()
    with pytest.raises(PhoneError, match=r"waited 0.6 s for <call .* early 180"):
        call.wait_up(seconds=0.1)
    call.hang_up()


def test_a_call_that_gets_the_place_of_one_just_ended_is_left_alone(bank: PhoneBank) -> None:
    """It reads both at once, for its process stands still while one ends and the next comes."""
    port = free_udp_port("127.0.0.4")
    there = bank.caller("127.0.0.2", number="300", address="127.0.0.4", port=port, answer="auto")
    crowd = bank.caller(f"127.0.0.4:{port}", number="101")
    last = bank.caller(f"127.0.0.4:{port}", number="102")
    for each in [*(crowd.call("300") for _ in range(3)), ended := last.call("300")]:
        each.wait_up()
    came = there.next_call()
    os.kill(there.process.pid, signal.SIGSTOP)
    last.ask("hang_up", call=ended.name)
    call = last.call("300")
    os.kill(there.process.pid, signal.SIGCONT)
    call.wait_up()
    answered = came().wait_up()
    with pytest.raises(PhoneError, match="is over"):
        there.calls[3].send_digits("1")
    call.send_digits("7")
    answered.wait_digits("7")
    call.hang_up()
    answered.wait_ended()


def test_levels() -> None:
    time = np.arange(8000) / 8000
    tone = Tones(0.25 * np.sin(2 * np.pi * 440 * time))
    assert tone.level(440) == pytest.approx(-12.04, abs=0.05)
    assert tone.loudness() == pytest.approx(-12.04, abs=0.05)
    assert tone.heard(TONES_HZ) == {440}
    with pytest.raises(AssertionError, match="neither"):
        Tones(tone.samples * 0.03).has(440)
