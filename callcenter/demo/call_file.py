"""A plan as the text of an Asterisk call file (pure)."""

from __future__ import annotations

from callcenter.demo.behaviour import CallPlan, KeyPress

ANSWER_SECONDS = 45
_FORBIDDEN = str.maketrans("", "", '"<>\r\n;\\')


def call_in(plan: CallPlan, *, time_scale: float = 1.0) -> str:
    """A caller dials the site through the trunk."""
    variables = {
        "CC_NUMBER": plan.caller.number,
        "CC_KEYS": "&".join(_key(key, time_scale) for key in plan.keys),
        "CC_PATIENCE": _seconds(plan.patience_seconds, time_scale),
        "CC_TALK": _seconds(plan.talk_seconds, time_scale),
        "CC_VOICE": str(plan.voice),
        "CC_RING": _seconds(plan.ring_seconds, time_scale),
        "CC_IGNORE": str(plan.ignored_offers),
        "CC_HOLD_AFTER": _seconds(plan.hold_after_seconds, time_scale),
        "CC_HOLD": _seconds(plan.hold_seconds, time_scale),
        "CC_TRANSFER": plan.transfer_to,
        "CC_AGENT_ENDS": _agent_ends(plan, time_scale),
        "CC_MACHINE": "1" if plan.speaks_to_machine else "0",
    }
    caller = f'"{plan.caller.name.translate(_FORBIDDEN)}" <{plan.caller.number}>'
    return _call_file(f"PJSIP/{plan.did}@pbx", caller, "caller", variables)


def phone_dials(
    extension: str, code: str, digits: str, pbx: str, *, listen_seconds: float = 2.0
) -> str:
    """A simulated phone dials `code` on the PBX at `pbx` (host:port) and types `digits`."""
    variables = {"CC_DIGITS": digits, "CC_LISTEN": _seconds(listen_seconds, 1.0)}
    channel = f"PJSIP/phone-{extension}/sip:{code}@{pbx}"
    return _call_file(channel, f"<{extension}>", "phone-dials", variables)


def _call_file(channel: str, caller: str, context: str, variables: dict[str, str]) -> str:
    lines = [
        f"Channel: {channel}",
        f"CallerID: {caller}",
        "MaxRetries: 0",
        f"WaitTime: {ANSWER_SECONDS}",
        f"Context: {context}",
        "Extension: s",
        "Priority: 1",
        *(f"Setvar: {name}={value}" for name, value in variables.items()),
    ]
    return "\n".join(lines) + "\n"


def _key(key: KeyPress, time_scale: float) -> str:
    return f"{_seconds(key.wait_seconds, time_scale)}:{key.digits}"


def _agent_ends(plan: CallPlan, time_scale: float) -> str:
    """Seconds after which the agent hangs up: a moment before the caller would. Empty: never."""
    return _seconds(plan.talk_seconds * 0.95, time_scale) if plan.agent_hangs_up else ""


def _seconds(seconds: float, time_scale: float) -> str:
    return f"{seconds * time_scale:.2f}"
