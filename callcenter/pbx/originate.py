"""A campaign's call as AMI headers. Pure. What the variables are: docs/dialplan.md.

Every value that reaches the dialplan is checked here to its form, so nothing a lead or a form
holds can be expanded there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput
from callcenter.pbx.actions import AUTO_ANSWER, Headers, number, to_phone

CONTEXT = "cc-dialer"
LEAST_PATIENCE_SECONDS = 0.05  # to Asterisk a limit of 0 is none at all

_FORMS = {
    "attempt": re.compile(r"[0-9a-f]{32}", re.ASCII),
    "call": re.compile(r"[A-Za-z0-9_.-]{1,149}", re.ASCII),  # Asterisk's longest uniqueid
    "number": re.compile(r"\+?[0-9]{2,15}", re.ASCII),
    "name": re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII),
    "digits": re.compile(r"[0-9*]{1,11}", re.ASCII),
}


_CHANNEL_ID = re.compile(r".+-[0-9a-f]{32}-[0-9]+\.0", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Placing:
    """One attempt about to be placed. `call` is its channel's id, so the call's too."""

    attempt: str
    call: str
    number: str
    caller_id: str
    priority: int = 0


def channel_id(node: str, attempt: str, at: float) -> str:
    """Sorts before every channel the call makes later, as the ledger needs of a call's first."""
    return f"{node}-{attempt}-{int(at)}.0"


def is_attempt(call: str) -> bool:
    """By its id: a call that a dialer placed."""
    return _CHANNEL_ID.fullmatch(call) is not None


def to_lead(campaign: Campaign, placing: Placing) -> Headers:
    """Dial the lead; who answers enters `cc-dialer`. Raises InvalidInput."""
    trunk = _form("name", campaign.trunk, "The trunk")
    called = _form("number", placing.number, "The number")
    return {
        "Action": "Originate",
        "Channel": f"PJSIP/{called}@trunk-{trunk}",
        "ChannelId": _form("call", placing.call, "The call"),
        "Context": CONTEXT,
        "Exten": campaign.mode if campaign.mode in ("broadcast", "survey") else "agent",
        "Priority": "1",
        "CallerID": _caller_id(placing.caller_id),
        "Timeout": str(campaign.ring_seconds * 1000),
        "Async": "true",
        "Variable": [
            *(f"CC_{key}={value}" for key, value in _variables(campaign, placing).items()),
            f"GROUP(cc-trunk)={trunk}",  # counts as one of the trunk's calls from now on
            f"CALLERID(dnid)={called}",  # so CEL names the number though nobody answers
        ],
    }


def from_agent(
    campaign: Campaign, placing: Placing, phone: str, lines: int, open_line: bool = False
) -> Headers:
    """Ring the agent's phone, which answers by itself, or take the open line; dial the lead from
    there."""
    variables = _common(campaign, placing) | {
        "PHONE": number(phone, "The phone"),
        "TRUNK": _form("name", campaign.trunk, "The trunk"),
        "CALLER_ID": _form("number", placing.caller_id, "The caller ID")
        if placing.caller_id
        else "",
        "RING": str(campaign.ring_seconds),
        "LINES": str(lines),
        "RECORD": "yes" if campaign.record else "",
    }
    return {
        "Action": "Originate",
        "Channel": to_phone(phone, open_line),
        "ChannelId": _form("call", placing.call, "The call"),
        "Context": CONTEXT,
        "Exten": "preview",
        "Priority": "1",
        "CallerID": f"<{placing.number}>",
        "Timeout": "15000",
        "Async": "true",
        "Variable": [
            *(f"CC_{key}={value}" for key, value in variables.items()),
            *(("TRANSFER_CONTEXT=cc-transfer",) if open_line else AUTO_ANSWER),
        ],
    }


def _common(campaign: Campaign, placing: Placing) -> dict[str, str]:
    return {
        "ATTEMPT": _form("attempt", placing.attempt, "The attempt"),
        "CAMPAIGN": _form("name", campaign.name, "The campaign"),
        "NUMBER": _form("number", placing.number, "The number"),
    }


def _variables(campaign: Campaign, placing: Placing) -> dict[str, str]:
    variables = _common(campaign, placing) | {
        "QUEUE": _form("name", campaign.queue, "The queue") if campaign.queue else "",
        "PATIENCE": f"{max(LEAST_PATIENCE_SECONDS, campaign.patience_seconds):.3f}",
        "PRIORITY": str(placing.priority),
        "ABANDON_PROMPT": _prompt(campaign.abandoned_prompt),
        "PROMPT": _prompt(campaign.greeting_prompt),
        "RECORD": _recording(campaign),
    }
    if campaign.machine_detection:
        variables |= {
            "AMD": detection_arguments(campaign),
            "MACHINE": campaign.machine_action,
            "MACHINE_PROMPT": _prompt(campaign.machine_prompt),
        }
    if campaign.questions:
        variables["QUESTIONS"] = "&".join(
            f"{_form('name', each.name, 'The question')}:{_prompt(each.prompt)}:"
            f"{_form('digits', each.digits, 'The keys')}"
            for each in campaign.questions
        )
    return variables | {f"KEY_{_key(each.digit)}": each.action for each in campaign.keys}


def detection_arguments(campaign: Campaign) -> str:
    """AMD()'s arguments in its order."""
    chosen = campaign.detection
    return ",".join(
        str(int(each))
        for each in (
            chosen.initial_silence_ms, chosen.greeting_ms, chosen.after_greeting_silence_ms,
            chosen.total_ms, chosen.min_word_ms, chosen.between_words_ms, chosen.max_words,
            chosen.silence_threshold, chosen.max_word_ms,
        )
    )  # fmt: skip


def _recording(campaign: Campaign) -> str:
    """`whole`: from the answer, so that the machine detection's verdict can be heard again."""
    if not campaign.record:
        return ""
    return "whole" if campaign.machine_detection else "yes"


def _key(digit: str) -> str:
    return "star" if digit == "*" else _form("digits", digit, "The key")


def _prompt(name: str) -> str:
    return _form("name", name, "The prompt") if name else ""


def _caller_id(shown: str) -> str:
    return f"<{_form('number', shown, 'The caller ID')}>" if shown else ""


def _form(form: str, value: str, what: str) -> str:
    if not _FORMS[form].fullmatch(value):
        raise InvalidInput(f"{what} {value!r} cannot be dialed with; correct the campaign or lead.")
    return value
