"""Who may not enter does not, and text from the wire is text and nothing else."""

from __future__ import annotations

import pytest

from tests.pbx.dialplan.conftest import Pbx, outsider
from tests.pbx.dialplan.sip import invite
from tests.pbx.dialplan.site import BUSY_TRUNK_ADDRESS, OFFICE, TINY
from tests.stack import eventually

pytestmark = pytest.mark.pbx

NOT_FOUND, UNAUTHORIZED, IGNORED = 404, 401, 0


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.77"])
@pytest.mark.parametrize("user", ["trunk-carrier", "anonymous", "nobody", "201", "0"])
def test_nobody_enters_without_being_a_trunk_or_a_phone(pbx: Pbx, source: str, user: str) -> None:
    assert invite(pbx.settings.sip_port, OFFICE, user=user, source=source) == UNAUTHORIZED
    assert pbx.channels() == []


@pytest.mark.parametrize(
    "to",
    [
        "201",
        "300%26PJSIP%2F201",
        "201%26Local%2Fs%40cc-agent-sign-in",
        f"{OFFICE}%26PJSIP%2F201",
        "9001",
        "*11",
        "700",
        "s",
        "h",
        "i",
        "$%7BSHELL(id)%7D",
        "x" * 900,
    ],
)
def test_a_trunk_reaches_our_numbers_and_nothing_else(pbx: Pbx, to: str) -> None:
    before = pbx.steps()
    assert invite(pbx.settings.sip_port, to) >= NOT_FOUND
    assert pbx.all_steps(0) == before


@pytest.mark.parametrize("to", ["9%26PJSIP%2F202", "9x%26Local%2F201%40cc-phone", "9$%7BEXTEN%7D"])
def test_a_phone_cannot_dial_a_device_through_a_pattern(pbx: Pbx, to: str) -> None:
    other = pbx.phone("202")
    calls = len(other.calls)
    call = pbx.phone("201").call(f"sip:{to}@{pbx.sip_server}")
    call.wait_ended()
    assert call.code >= NOT_FOUND
    assert len(other.calls) == calls


@pytest.mark.parametrize(
    "name",
    [
        "${SHELL(touch /tmp/cc-owned)}",
        "a,b)&System(touch /tmp/cc-owned)",
        "<script>alert(1)</script>",
        "x\u202e" + "é漢" * 400,
        'q\\" quoted',
        "a;b|c`d`$[1/0]",
        "bell\x07esc\x1b",
    ],
)
def test_a_hostile_name_is_stored_as_text_and_the_call_goes_on(
    pbx: Pbx, now: int, name: str
) -> None:
    assert invite(pbx.settings.sip_port, OFFICE, display=name) == 200
    eventually(lambda: any(row[0] == "CHAN_START" for row in pbx.cel()[now:]), 5)
    [start] = [row for row in pbx.cel()[now:] if row[0] == "CHAN_START"]
    assert len(start) == 15
    stored = start[2]
    assert stored[:5] == name[:5]
    eventually(lambda: f"did|{OFFICE}|carrier" in pbx.steps(now), 5)

    def names_when_answered() -> list[str]:
        return [row[2] for row in pbx.cel()[now:] if row[0] == "ANSWER"]

    later = eventually(names_when_answered, 5)
    assert not set("".join(later)) & set('${}<>|;\\"\x07\x1b')


@pytest.mark.parametrize("number", ["155501;x", "${EXTEN}", "a%0d%0ab", "1+1"])
def test_a_hostile_number_is_filtered_to_digits(pbx: Pbx, now: int, number: str) -> None:
    status = invite(pbx.settings.sip_port, OFFICE, user=number, seconds=3)
    if status == 200:
        eventually(lambda: any(row[0] == "ANSWER" for row in pbx.cel()[now:]), 5)
        [answered] = [row for row in pbx.cel()[now:] if row[0] == "ANSWER"]
        assert set(answered[3]) <= set("0123456789*#+")
    else:
        assert status in (IGNORED, 400, 416)


def test_a_trunk_takes_no_more_calls_than_it_may(pbx: Pbx) -> None:
    narrow = outsider(pbx, "narrow", BUSY_TRUNK_ADDRESS)
    first = narrow.call(TINY).wait_up()
    refused = invite(pbx.settings.sip_port, TINY, source=BUSY_TRUNK_ADDRESS)
    assert refused == 503
    first.hang_up()
    eventually(lambda: not pbx.channels(), 5)
    assert invite(pbx.settings.sip_port, TINY, source=BUSY_TRUNK_ADDRESS) == 200


def test_a_stolen_phone_cannot_fill_a_trunk(pbx: Pbx, now: int) -> None:
    """Calls out count towards the trunk's most as those that come in do."""
    phone = pbx.phone("201")
    coming = outsider(pbx, "narrow", BUSY_TRUNK_ADDRESS).call(TINY).wait_up()
    call = phone.call("8001")
    call.wait_ended()
    assert call.code == 503
    coming.hang_up()
    pbx.all_steps(now)
    assert not [row for row in pbx.cel()[now:] if "@trunk-narrow" in row[9]]


def test_a_call_goes_out_by_the_route_with_its_digit_stripped(pbx: Pbx) -> None:
    phone = pbx.phone("201")
    call = phone.call("9001")
    # Nobody listens at the carrier's port here: what counts is where it was sent.
    eventually(lambda: any("PJSIP/001@trunk-carrier" in row[9] for row in pbx.cel()), 5)
    call.wait_ended()


def test_the_caller_is_the_phone_whatever_it_says(pbx: Pbx, now: int) -> None:
    ring = pbx.phone("202").next_call()
    pbx.phone("201").call("202", headers={"P-Asserted-Identity": "<sip:911@evil>"})
    assert "201" in ring(10).remote
