"""Commands → AMI headers. Pure. Values are checked against CR/LF where they are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from callcenter.domain.errors import InvalidInput
from callcenter.domain.events import SpyMode
from callcenter.domain.open_line import LINE_CONTEXT, member_of

Headers = Mapping[str, str | Sequence[str]]

SPY_DIGITS: dict[SpyMode, str] = {"listen": "4", "whisper": "5", "barge": "6"}  # ChanSpy option d
SIGN_IN_CONTEXT = "cc-sign-in-request"
SIGN_OUT_CONTEXT = "cc-sign-out-request"
ALIGN_CONTEXT = "cc-align-request"
SPY_CONTEXT = "cc-spy"
# The headers that make desk phones answer by themselves, as in the dialplan's cc-before-ring: some
# go by the one, some by the other.
AUTO_ANSWER = (
    "PJSIP_HEADER(add,Call-Info)=<sip:callcenter>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)=info=alert-autoanswer",
)

_DIGITS = re.compile(r"[0-9]{2,6}", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z]+/[A-Za-z0-9@;._*+-]+", re.ASCII)


def number(text: str, what: str) -> str:
    """An agent number or extension. Raises InvalidInput: it goes into a dial string."""
    if not _DIGITS.fullmatch(text):
        raise InvalidInput(f"{what} has to be 2 to 6 digits.")
    return text


def to_phone(phone: str, open_line: bool) -> str:
    """What to call to reach an agent there."""
    checked = number(phone, "The phone")
    return member_of(checked) if open_line else f"PJSIP/{checked}"


def _channel(handle: str) -> str:
    if not _CHANNEL.fullmatch(handle):
        raise InvalidInput(f"{handle!r} is not a channel.")
    return handle


def sign_in(agent: str, phone: str, seconds: float) -> Headers:
    place = f"{number(agent, 'The agent')}*{number(phone, 'The phone')}"
    return _request(f"Local/{place}@{SIGN_IN_CONTEXT}", seconds)


def open_line(agent: str, phone: str, seconds: float) -> Headers:
    """Sign in by calling the phone, which answers by itself and stays up. Answered: done."""
    return {
        "Action": "Originate",
        "Channel": f"PJSIP/{number(phone, 'The phone')}",
        "Context": LINE_CONTEXT,
        "Exten": number(agent, "The agent"),
        "Priority": "1",
        "CallerID": f"<{agent}>",
        "Timeout": str(int(seconds * 1000)),
        "Async": "true",
        "Variable": AUTO_ANSWER,
    }


def sign_out(agent: str, seconds: float) -> Headers:
    return _request(f"Local/{number(agent, 'The agent')}@{SIGN_OUT_CONTEXT}", seconds)


def align(agent: str, seconds: float) -> Headers:
    """Make the queues of a signed-in agent what the configuration in force says."""
    return _request(f"Local/{number(agent, 'The agent')}@{ALIGN_CONTEXT}", seconds)


def _request(channel: str, seconds: float) -> Headers:
    """Answered: done. The far end only hangs up."""
    return {
        "Action": "Originate",
        "Channel": channel,
        "Context": "cc-controller",
        "Exten": "done",
        "Priority": "1",
        "Timeout": str(int(seconds * 1000)),
        "Async": "true",
    }


def pause(phone: str, paused: bool, reason: str, open_line: bool = False) -> Headers:
    headers = {
        "Action": "QueuePause",
        "Interface": to_phone(phone, open_line),
        "Paused": "true" if paused else "false",
    }
    return headers | ({"Reason": reason} if paused and reason else {})


def tell_pause(handle: str, waits: bool) -> Headers:
    """The word that the phone's feature code waits for (dialplan, cc-agent-pause)."""
    return {
        "Action": "Setvar",
        "Channel": _channel(handle),
        "Variable": "CC_PAUSE",
        "Value": "waits" if waits else "done",
    }


def spy(
    spy_id: str, supervisor: str, target: str, mode: SpyMode, seconds: float, auto_answer: bool
) -> Headers:
    variables = [f"CC_SPY_TARGET={_channel(target)}"]
    return {
        "Action": "Originate",
        "Channel": f"PJSIP/{number(supervisor, 'The phone')}",
        "ChannelId": spy_id,
        "Context": SPY_CONTEXT,
        "Exten": mode,
        "Priority": "1",
        "CallerID": f'"{mode.title()}" <{supervisor}>',
        "Timeout": str(int(seconds * 1000)),
        "Async": "true",
        "Variable": [*variables, *(AUTO_ANSWER if auto_answer else ())],
    }


def switch_spy(handle: str, mode: SpyMode) -> Headers:
    return {
        "Action": "PlayDTMF",
        "Channel": _channel(handle),
        "Digit": SPY_DIGITS[mode],
        "Receive": "true",
    }


def hang_up(handle: str) -> Headers:
    return {"Action": "Hangup", "Channel": _channel(handle), "Cause": "16"}
