"""Asking the controller in a person's name. Everything asked is written to the audit log first:
what cannot be written down is not done."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from callcenter.control.protocol import Message
from callcenter.domain.errors import CallcenterError, InvalidInput
from web.access import current_user
from web.auditing import audit
from web.services import services

DEADLINE_SECONDS = 5.0
SPY_MODES = ("listen", "whisper", "barge")
_PHONE = re.compile(r"[0-9]{2,6}")
_AGENT = re.compile(r"[0-9]{3,6}")
_CALL = re.compile(r"[A-Za-z0-9._-]{1,80}")
LONGEST_REASON = 80


def command(
    name: str,
    arguments: Message,
    *,
    action: str,
    subject: str,
    detail: str,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Message:
    """The controller's result. Raises what it refused with, after writing that down too."""
    _audit(action, subject, detail)
    try:
        return services().control.request(
            name, arguments, by=current_user().username, deadline_seconds=deadline_seconds
        )
    except CallcenterError as error:
        _audit(f"{action}_refused", subject, str(error))
        raise


def _audit(action: str, subject: str, detail: str) -> None:
    """At once, in a transaction of its own: before the command goes out."""
    with services().sessions.begin() as session:
        audit(session, action, subject, detail)


def asked(field: str) -> str:
    """A text field of the JSON body; empty when it is missing. Raises InvalidInput."""
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("send a JSON object")
    value = body.get(field, "")
    if not isinstance(value, str):
        raise InvalidInput(f"{field} has to be text")
    return value.strip()


def flag_asked(field: str) -> bool:
    body: Any = request.get_json(silent=True)
    return isinstance(body, dict) and body.get(field) is True


def phone_asked(field: str = "phone") -> str:
    return _fitting(asked(field), _PHONE, "choose a phone first: its extension, 2 to 6 digits")


def mode_asked() -> str:
    mode = asked("mode")
    if mode not in SPY_MODES:
        raise InvalidInput(f"choose one of {', '.join(SPY_MODES)}")
    return mode


def reason_asked() -> str:
    reason = asked("reason")
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise InvalidInput(f"choose a reason of 1 to {LONGEST_REASON} characters")
    return reason


def call_id(text: str) -> str:
    return _fitting(text, _CALL, "that is not a call id; reload the page")


def agent_number(text: str) -> str:
    return _fitting(text, _AGENT, "an agent number has 3 to 6 digits")


def _fitting(text: str, pattern: re.Pattern[str], advice: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidInput(advice)
    return text
