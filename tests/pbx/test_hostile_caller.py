"""Text that a caller chooses is shown as text, stored whole, and executed nowhere."""

from __future__ import annotations

import pytest

from callcenter.db.models.calls import Call
from tests.pbx.raw_sip import RawCaller
from tests.stack import TRUNK_ADDRESS, Stack, eventually
from tests.stack_site import SUPPORT

pytestmark = pytest.mark.pbx

ASTERISK_KEEPS_BYTES = 79  # of a display name; the rest never reaches a channel
MARK = "cc-pwned"  # the file that a command would make
NAMES = {
    "quote": 'O\'Brien "Bob" \\',
    "script": "<script>alert(1)</script>",
    "shell": f"${{SHELL(touch $HOME_OF_PBX/{MARK})}}",
    "dollar": "$[1/0] ${EVAL(x)}",
    "umlaut": "Zoë Müller 日本",
    "long": "é" * 1000,
    "sql": "'; DROP TABLE calls; --",
    "ami": "x\tAction: Originate\x0b\x01",
    "csv": "=cmd|' /C calc'!A0,\",\"",
}


def records(stack: Stack, number: str) -> list[Call]:
    return [call for call in stack.calls() if call.caller_number == number and call.ended_at]


@pytest.mark.parametrize("case", NAMES)
def test_a_hostile_name_is_only_text(stack: Stack, case: str) -> None:
    name = NAMES[case].replace("$HOME_OF_PBX", str(stack.settings.home))
    number = f"1666{list(NAMES).index(case):04d}"
    forbidden = stack.phone("300")
    rings = len(forbidden.calls)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    with RawCaller(stack.settings.sip_port, TRUNK_ADDRESS) as raw:
        status = raw.invite(SUPPORT.encode(), f'"{quoted}" <sip:{number}@x>'.encode())
        assert status == 200, f"refused with {status}"
        [shown] = eventually(
            lambda: [c for c in stack.floor()["calls"].values() if c["caller_number"] == number],
            5,
            "the call on the floor",
        )
        raw.bye()
    [record] = eventually(lambda: records(stack, number), 15, "the record")
    kept = name.encode()[:ASTERISK_KEEPS_BYTES].decode(errors="ignore")
    assert record.caller_name == kept
    assert shown["caller_name"].isprintable()
    assert len(forbidden.calls) == rings
    assert stack.control("compare")["differences"] == []
    assert not list(stack.settings.home.rglob(MARK))


@pytest.mark.parametrize(
    "number",
    [
        b"300&PJSIP/300",
        b"5550100&PJSIP/300",
        b"${SHELL(id)}",
        b"5550100%0d%0aAction:%20x",
        b"%27%20OR%201=1",
        b"_5550100",
        b"s",
        b"h",
        b"300",
    ],
)
def test_a_hostile_number_reaches_nothing(stack: Stack, number: bytes) -> None:
    forbidden = stack.phone("300")
    rings = len(forbidden.calls)
    with RawCaller(stack.settings.sip_port, TRUNK_ADDRESS) as raw:
        assert raw.invite(number, b"<sip:15550199@x>") in (0, 400, 404, 416, 484)
    assert len(forbidden.calls) == rings
    assert stack.channels() == []


@pytest.mark.parametrize(
    "sender", [b"300&PJSIP/300", b"${SHELL(id)}", b"15550199%3Bx%0d%0a", b"%3Cscript%3E"]
)
def test_a_hostile_caller_number_is_only_text(stack: Stack, sender: bytes) -> None:
    forbidden = stack.phone("300")
    rings, before = len(forbidden.calls), len(stack.calls())
    with RawCaller(stack.settings.sip_port, TRUNK_ADDRESS) as raw:
        if raw.invite(SUPPORT.encode(), b"<sip:" + sender + b"@x>") == 200:
            eventually(lambda: stack.floor()["calls"], 5, "the call on the floor")
            raw.bye()
            eventually(lambda: len(stack.calls()) > before, 10, "the record")
    stack.wait_no_channels()
    assert len(forbidden.calls) == rings
    assert stack.control("compare")["differences"] == []


def test_a_stranger_without_trunk_or_password_is_refused(stack: Stack) -> None:
    with RawCaller(stack.settings.sip_port, "127.0.0.9") as raw:
        assert raw.invite(SUPPORT.encode(), b'"x" <sip:201@127.0.0.1>') in (0, 401, 403)
    assert stack.channels() == []
