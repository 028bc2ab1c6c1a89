"""A message left out of hours is heard again by who it is for; a parked call is fetched elsewhere;
a caller in wideband is recorded like any other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from callcenter.domain.site import Did, Hours, Message, Phone, Prompt, Site
from tests.pbx.conftest import make_quiet
from tests.pbx.talking import overheard, talk, wait_hears, wait_tone
from tests.phones import Phone as SipPhone
from tests.phones import PhoneCall, Tones
from tests.stack import Stack, eventually
from tests.stack_site import stack_site

pytestmark = pytest.mark.pbx

CLOSED, BOX, PIN = "5550109", "203", "8361"


def site_with_mailbox() -> Site:
    """Stack's site, always closed at one number, with a mailbox at phone 203."""
    site = stack_site()
    phones = (phone for phone in site.phones if phone.extension != BOX)
    return dataclasses.replace(
        site,
        phones=(*phones, Phone(BOX, "Front desk", voicemail_pin=PIN)),
        dids=(*site.dids, Did(CLOSED, "Closed", "hours:never")),
        hours=(Hours("never", "Never", "hangup", "message:closed"),),
        prompts=(*site.prompts, Prompt("closed", "We are closed")),
        messages=(*site.messages, Message("closed", "closed", f"voicemail:{BOX}")),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    processes = ("controller", "ledger")
    with Stack(tmp_path_factory.mktemp("box"), site_with_mailbox(), processes) as stack:
        yield stack


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    yield whole
    make_quiet(whole)


_fresh_numbers = iter(range(15_550_300, 15_550_400))


@pytest.fixture
def caller(stack: Stack) -> Iterator[SipPhone]:
    phone = stack.caller(str(next(_fresh_numbers)), "Ada")
    yield phone
    phone.leave()


def calls_of(stack: Stack, caller: SipPhone) -> list[dict[str, Any]]:
    """On the floor."""
    calls = stack.floor()["calls"].values()
    return [each for each in calls if each["caller_number"] == caller.number]


def wait_hears_tone(call: PhoneCall, hz: float, seconds: float) -> None:
    eventually(lambda: call.listen(0.25).level(hz) > -30, seconds, f"{hz} Hz to be heard")


def type_when_asked(call: PhoneCall, digits: str) -> None:
    """Once Asterisk's voice is heard."""
    eventually(lambda: call.listen(0.3).loudness() > -40, 10, "Asterisk to ask")
    call.send_digits(digits)


def test_a_message_left_out_of_hours_is_signalled_and_heard_again(
    stack: Stack, caller: SipPhone
) -> None:
    desk = stack.phone(BOX)
    outside = caller.call(CLOSED)
    with overheard(outside) as heard:
        heard.wait_tone(stack.prompts_hz["closed"])
    [call] = eventually(lambda: calls_of(stack, caller), 5)
    eventually(lambda: stack.floor()["calls"][call["id"]]["state"] == "voicemail", 10, "the floor")
    outside.send_digits("#")  # past the greeting
    inbox = stack.settings.home / f"voicemail/cc/{BOX}/INBOX"

    def long_enough() -> bool:
        return any(path.stat().st_size > 4 * 16_000 for path in inbox.parent.rglob("*.wav"))

    eventually(long_enough, 25, "four seconds of message")
    outside.hang_up()
    eventually(lambda: list(inbox.glob("msg*.txt")), 5, "the message in the inbox")
    [record] = stack.wait_one_record_each([caller.number])
    assert (record.id, record.outcome, record.agent) == (call["id"], "voicemail", "")
    eventually(lambda: desk.message_lamp, 5, "the phone's lamp")

    mine = desk.call("*97").wait_up()
    type_when_asked(mine, f"{PIN}#")
    eventually(lambda: mine.listen(0.3).loudness() < -60, 5, "the PIN to be taken")
    type_when_asked(mine, "1")
    wait_hears_tone(mine, caller.hz, 30)
    mine.hang_up()


@pytest.mark.parametrize("by", ["transfer to 700", "#72"])
def test_a_parked_caller_is_fetched_at_another_phone(
    stack: Stack, caller: SipPhone, by: str
) -> None:
    here, there = stack.phone("201"), stack.phone("202")
    stack.sign_in("1001", "201")
    outside, inside = talk(caller, here)
    eventually(lambda: "State:Busy" in stack.asterisk("core show hint 201"), 5, "the lamp for 201")
    if by == "#72":
        inside.send_digits("#72")
    else:
        inside.transfer("700")
    # "701" alone is in the lot's description too.
    parked = "Channel             :  PJSIP/trunk-carrier"
    eventually(lambda: parked in stack.asterisk("parking show default"), 12, "to be parked")
    wait_tone(outside, here.hz, heard=False)
    fetched = there.call("701").wait_up()
    wait_hears([outside, fetched], [{there.name}, {caller.name}])
    outside.hang_up()
    fetched.wait_ended()
    [record] = stack.wait_one_record_each([caller.number])
    assert (record.outcome, record.queue) == ("answered", "support")


def test_a_wideband_caller_is_recorded_with_a_side_each_at_8_khz(
    stack: Stack, caller: SipPhone
) -> None:
    """Asterisk's MixMonitor spoils stereo files of wideband calls (asterisk/asterisk#1779), so
    everybody is brought to 8 kHz."""
    caller.ask("prefer_codec", codec="G722/16000/1")
    agent = stack.phone("201")
    agent.ask("prefer_codec", codec="G722/16000/1")
    stack.sign_in("1001", "201")
    before = set(stack.settings.recordings.rglob("*.raw"))
    outside, inside = talk(caller, agent)
    outside.hang_up()
    inside.wait_ended()
    stack.wait_no_channels()
    [file] = eventually(lambda: set(stack.settings.recordings.rglob("*.raw")) - before, 5)
    [record] = stack.wait_one_record_each([caller.number])
    both = {caller.hz, agent.hz}
    assert Tones.read(file, channel=0).part(0.5, 60).heard(both) == {caller.hz}
    assert Tones.read(file, channel=1).part(0.5, 60).heard(both) == {agent.hz}
    seconds = file.stat().st_size / (8000 * 2 * 2)
    assert abs(seconds - record.talk_seconds) < 1.5, (seconds, record.talk_seconds)
