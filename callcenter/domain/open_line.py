"""How the parts of an agent's open line are named in Asterisk (dialplan `cc-open-line`).

The phone's own channel stays in LINE_CONTEXT for the whole shift. Each call is a Local channel
`Local/<phone>@cc-line-call-…`: its half `;1` is the agent's leg of the call, its half `;2` meets
the phone there. Asterisk links the phone and the `;2` of all its calls (linkedid), so nothing of
theirs tells which call they are in.
"""

from __future__ import annotations

LINE_CONTEXT = "cc-open-line"
CALL_CONTEXT = "cc-line-call"
_AT = f"@{CALL_CONTEXT}"
_HALVES = f"{_AT}-"


def member_of(phone: str) -> str:
    """What Queue() and Originate call to reach the phone on its line."""
    return f"Local/{phone}{_AT}/nm"  # m: hold is passed on to the caller


def phone_of_half(channel: str) -> tuple[str, str]:
    """`Local/201@cc-line-call-0000001a;1` → ("201", "1"); ("", "") for any other channel."""
    if not channel.startswith("Local/"):  # nearly all: it is asked of every line and event
        return "", ""
    phone, at, number = channel.removeprefix("Local/").partition(_HALVES)
    return (phone, number.partition(";")[2]) if at else ("", "")


def on_line(channel: str) -> bool:
    """The agent's leg of a call on an open line."""
    return phone_of_half(channel)[1] == "1"


def phone_of_member(interface: str) -> str:
    """`Local/201@cc-line-call/nm` → 201; empty for an agent who is rung."""
    phone, at, _ = interface.removeprefix("Local/").partition(_AT)
    return phone if at else ""


def beyond(channel: str, context: str) -> bool:
    """A channel on the far side: the phone on its line, or the half that meets it there."""
    return phone_of_half(channel)[1] == "2" or (
        context == LINE_CONTEXT and channel.startswith("PJSIP/")
    )
