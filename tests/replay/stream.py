"""The recorded AMI stream, and many calls made from it by changing the ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

RECORDED = Path(__file__).with_name("ami_calls.txt")
END = b"\r\n\r\n"
AT_ONCE = 40  # copies that run side by side, each with an agent and phones of its own

_UNIQUEID = re.compile(rb"(pbx1-\d+\.)(\d+)")
_CHANNEL = re.compile(rb"((?:PJSIP|Local)/[\w@*-]+-)([0-9a-f]{8})")
_BRIDGE = re.compile(rb"(BridgeUniqueid: )[0-9a-f]{8}")
_AGENT = re.compile(rb"\b1001\b")
_PHONE = re.compile(rb"\b20([1-3])\b")


def messages() -> list[bytes]:
    """Events as recorded, without banner, responses and what only a login brings."""
    found = RECORDED.read_bytes().split(END)
    return [
        each
        for each in found
        if each.startswith(b"Event: ")
        and not each.startswith(b"Event: FullyBooted")
        and b"\r\nActionID: " not in each
    ]


def copy(recorded: list[bytes], number: int) -> list[bytes]:
    """The same calls with ids nobody else has; agent and phones by the copy's place."""
    seat = number % AT_ONCE
    agent, phone = b"%d" % (1001 + seat), b"%02d" % (20 + seat)

    def renamed(text: bytes) -> bytes:
        text = _AGENT.sub(agent, text)
        text = _PHONE.sub(rb"%s\1" % phone, text)
        text = _CHANNEL.sub(lambda m: m[1] + b"%08x" % (number * 4096 + int(m[2], 16)), text)
        text = _UNIQUEID.sub(lambda m: m[1] + b"%d" % (number * 4096 + int(m[2])), text)
        return _BRIDGE.sub(rb"\g<1>%08x" % number, text)

    return [renamed(each) for each in recorded]


def many(copies: int) -> Iterator[bytes]:
    """`copies` copies, `AT_ONCE` of them interleaved at a time, each message with its end."""
    recorded = messages()
    for first in range(0, copies, AT_ONCE):
        group = [copy(recorded, n) for n in range(first, min(first + AT_ONCE, copies))]
        for step in zip(*group, strict=True):
            for each in step:
                yield each + END
