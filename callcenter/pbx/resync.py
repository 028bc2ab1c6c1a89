"""Asterisk's own account of what is up now → FloorSnapshot: the actions asked, and a pure fold."""

from __future__ import annotations

from collections.abc import Sequence

from callcenter.domain import events as e
from callcenter.domain.floor_snapshot import FloorSnapshot, LegNow
from callcenter.pbx.telephony import Answer, Telephony
from callcenter.pbx.translate import (
    LEG_KEYS,
    SPY_PREFIX,
    count,
    device_state,
    signed_in,
    start_of_leg,
)
from callcenter.pbx.wire import clean

SECONDS = 5.0
# Applications that tell where a caller is when nobody saw the step go by.
_STEP_OF_APPLICATION = {"VoiceMail": "voicemail", "Queue": "queue"}
# Set by the dialplan; onhold: this leg is made to hear hold music by whom it talks with.
VARIABLES = ("CC_DID", "CC_PLACE", "QUEUE_PRIO", "CHANNEL(onhold)")
_SPY_OPTIONS: tuple[tuple[str, e.SpyMode], ...] = (("w", "whisper"), ("B", "barge"))
_CALLED = ("AppDial", "AppDial2", "AppQueue")  # what a leg we called is shown to run


async def take_snapshot(telephony: Telephony, at: float, seconds: float = SECONDS) -> FloorSnapshot:
    """Raises Unavailable or TooLate. Queues first: who leaves one meanwhile still has a leg."""
    queues = await telephony.ask_list({"Action": "QueueStatus"}, seconds)
    channels = await telephony.ask_list(
        {"Action": "Status", "Variables": ",".join(VARIABLES), "AllVariables": "false"}, seconds
    )
    devices = await telephony.ask_list({"Action": "DeviceStateList"}, seconds)
    return snapshot_of(queues, channels, devices, at)


async def version_of(telephony: Telephony, seconds: float = SECONDS) -> str:
    """`22.10.1`."""
    answer = await telephony.ask({"Action": "CoreSettings"}, seconds)
    return answer.get("AsteriskVersion", "").partition("+")[0].partition("~")[0]


async def started_at(telephony: Telephony, seconds: float = SECONDS) -> str:
    """When this Asterisk started, as it writes it: another text means another Asterisk."""
    answer = await telephony.ask({"Action": "CoreStatus"}, seconds)
    return f"{answer.get('CoreStartupDate', '')} {answer.get('CoreStartupTime', '')}"


async def members_now(telephony: Telephony, at: float) -> list[tuple[e.AgentSignedIn, int]]:
    """Every membership of a signed-in agent, with its penalty."""
    answers = await telephony.ask_list({"Action": "QueueStatus"}, SECONDS)
    return [(_member(a, at), int(_number(a.get("Penalty", "")))) for a in answers if _is_member(a)]


def snapshot_of(
    queues: Sequence[Answer], channels: Sequence[Answer], devices: Sequence[Answer], at: float
) -> FloorSnapshot:
    legs = sorted((_leg(answer, at) for answer in channels), key=_begins_its_call_first)
    states = (device_state(at, d["Device"], d["State"]) for d in devices)
    return FloorSnapshot(
        at=at,
        legs=tuple(legs),
        members=tuple(_member(answer, at) for answer in queues if _is_member(answer)),
        waiting=tuple(_entry(a, at) for a in queues if a.get("Event") == "QueueEntry"),
        lines=tuple(state for state in states if state is not None),
    )


def _begins_its_call_first(leg: LegNow) -> tuple[bool, float]:
    """Ages come in whole seconds: caller and agent can look equally old."""
    return leg.started.leg != leg.started.call, leg.started.at


def _leg(answer: Answer, at: float) -> LegNow:
    began = at - _number(answer.get("Seconds", ""))
    application, data = answer.get("Application", ""), answer.get("Data", "")
    variables = _variables(answer)
    started = start_of_leg(began, *(answer.get(key, "") for key in LEG_KEYS))
    started.called = application in _CALLED or answer.get("ChannelStateDesc") == "Down"
    did = variables.get("CC_DID", "")
    started.dialed = clean(did) or clean(answer.get("DNID", "")) or started.dialed
    spied, _, options = data.partition(",")
    spies = application == "ChanSpy"
    return LegNow(
        started=started,
        answered=answer.get("ChannelStateDesc") == "Up",
        ringing=answer.get("ChannelStateDesc") == "Ringing",
        bridge=answer.get("BridgeID", ""),
        queue=_application_name(data) if application == "Queue" else "",
        step=_place(variables.get("CC_PLACE", ""), application, data),
        priority=count(variables.get("QUEUE_PRIO", "")),
        hears_hold=variables.get("CHANNEL(onhold)") == "1",
        spying=started.leg.startswith(SPY_PREFIX),
        spies_on=spied if spies else "",
        spy_mode=next((mode for key, mode in _SPY_OPTIONS if spies and key in options), "listen"),
    )


def _variables(answer: Answer) -> dict[str, str]:
    pairs = (line.partition("=") for line in answer.get("Variable", "").splitlines())
    return {name: value for name, _, value in pairs}


def _place(place: str, application: str, data: str) -> tuple[str, str, str] | None:
    """What the dialplan noted last, else what the application running tells."""
    kind, _, rest = place.partition("|")
    if rest:
        name, _, detail = rest.partition("|")
        return kind, clean(name), clean(detail)
    step = _STEP_OF_APPLICATION.get(application)
    return (step, _application_name(data), "") if step else None


def _application_name(data: str) -> str:
    return clean(data.partition(",")[0].partition("@")[0])


def _is_member(answer: Answer) -> bool:
    return answer.get("Event") == "QueueMember" and answer.get("Membership") == "dynamic"


def _member(answer: Answer, at: float) -> e.AgentSignedIn:
    return signed_in(
        at,
        answer.get("Name", ""),
        answer.get("Queue", ""),
        answer.get("Location", ""),
        answer.get("Paused") == "1",
        clean(answer.get("PausedReason", "")),
    )


def _entry(answer: Answer, at: float) -> e.CallerJoinedQueue:
    joined = at - _number(answer.get("Wait", ""))
    return e.CallerJoinedQueue(joined, answer.get("Uniqueid", ""), answer.get("Queue", ""))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
