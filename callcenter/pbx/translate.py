"""AMI events → domain events: the table at the foot says which types and keys are read.

The linkedid is the call id and the uniqueid the leg id. A `;1`/`;2` half of a Local channel is a
leg of kind `local`: it holds a bridge together but is never shown as a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from callcenter.domain import events as e
from callcenter.domain.open_line import beyond, phone_of_half, phone_of_member
from callcenter.pbx.wire import Reader, clean

SPY_PREFIX = "spy-"  # begins the channel id of every spying leg we originate
TRUNK_PREFIX = "trunk-"
_LINE = "Agent:"  # an agent's open line, as app_agent_pool tells of it
SPY_MODES: dict[str, e.SpyMode] = {"listen": "listen", "whisper": "whisper", "barge": "barge"}

# Asterisk's device states (main/devicestate.c) → ours.
LINE_STATES: dict[str, e.LineState] = {
    "NOT_INUSE": "free",
    "INUSE": "in_use",
    "BUSY": "in_use",
    "ONHOLD": "in_use",
    "RINGING": "ringing",
    "RINGINUSE": "ringing",
    "UNAVAILABLE": "unreachable",
    "INVALID": "unreachable",
    "UNKNOWN": "unknown",
}


def count(text: str) -> int:
    """What is no number counts as none."""
    return int(text) if text.isascii() and text.isdigit() else 0


@lru_cache(maxsize=4096)
def line_of(device: str) -> tuple[e.LineKind, str]:
    """`PJSIP/201` → ("phone", "201"), `PJSIP/trunk-carrier` → ("trunk", "carrier")."""
    technology, _, endpoint = device.partition("/")
    if technology == "Local":
        phone, half = phone_of_half(device)
        if half == "1":
            return "phone", phone  # an agent's leg of a call on an open line
        return "local", endpoint
    if technology != "PJSIP":
        return "other", device
    if endpoint.startswith(TRUNK_PREFIX):
        return "trunk", endpoint.removeprefix(TRUNK_PREFIX)
    return ("phone", endpoint) if endpoint.isdigit() else ("other", endpoint)


def start_of_leg(
    at: float,
    channel: str,
    state: str,
    number: str,
    name: str,
    exten: str,
    leg: str,
    call: str,
    context: str = "",
) -> e.LegStarted:
    """Shared by the event and the snapshot. A channel we call starts in state Down."""
    # Only the endpoint decides: what follows the dash is different for every channel.
    kind, line = line_of(channel[:-9] if channel[-9:-8] == "-" else channel)
    if beyond(channel, context):
        call = leg  # Asterisk links all calls of an open line by it
        kind = "local" if kind == "local" else "line"
    dialed = clean(exten)
    return e.LegStarted(
        at, leg, call, channel, kind, line,
        clean(number), clean(name).replace("\\", ""),  # SIP's own escapes
        "" if dialed in ("s", "h") else dialed, state == "Down",
    )  # fmt: skip


def _state(at: float, state: str, leg: str) -> e.Event | None:
    if state == "Up":
        return e.LegAnswered(at, leg)
    return e.LegRang(at, leg) if state == "Ringing" else None


def _bridge_leave(at: float, bridge: str, leg: str) -> e.Event:
    return e.LegLeftBridge(at, leg, bridge)


def _bridge_enter(
    at: float, bridge: str, leg: str, call: str, channel: str, context: str
) -> e.Event:
    return e.LegJoinedBridge(at, leg, "" if beyond(channel, context) else call, bridge)


def _caller(at: float, number: str, name: str, leg: str) -> e.Event:
    return e.CallerNamed(at, leg, clean(number), clean(name))


def _user_event(
    at: float, event: str, leg: str, kind: str, name: str, detail: str, priority: str,
    agent: str, reason: str, channel: str,
) -> e.Event | None:  # fmt: skip
    if event == "CcPause":
        return e.PauseAsked(at, agent, clean(reason), channel)
    if event == "CcPriority":
        return e.PriorityGiven(at, leg, count(priority))
    if event != "CcStep":
        return None
    if kind == "spy":
        mode = SPY_MODES.get(detail)
        return e.SpyModeChosen(at, leg, mode) if mode else None
    return e.StepReached(at, leg, kind, clean(name), clean(detail))


def _member_added(
    at: float, agent: str, queue: str, interface: str, paused: str, reason: str
) -> e.Event:
    return signed_in(at, agent, queue, interface, paused == "1", clean(reason))


def signed_in(
    at: float, agent: str, queue: str, interface: str, paused: bool, reason: str
) -> e.AgentSignedIn:
    """Shared by the event and the snapshot."""
    held = phone_of_member(interface)
    phone = held or line_of(interface)[1]
    return e.AgentSignedIn(at, agent, queue, phone, paused, reason, open_line=bool(held))


def _member_pause(at: float, agent: str, queue: str, paused: str, reason: str) -> e.Event:
    return e.AgentPaused(at, agent, queue, paused == "1", clean(reason))


def device_state(at: float, device: str, state: str) -> e.LineStateChanged | None:
    kind, line = line_of(device)
    if device.startswith(_LINE):
        kind, line = "line", device.removeprefix(_LINE)
    elif kind not in ("phone", "trunk"):
        return None
    return e.LineStateChanged(at, kind, line, LINE_STATES.get(state, "unknown"))


# Called with the time and the values of the keys beside it, in that order.
Translate = Callable[..., e.Event | None]
_LEG = ("Uniqueid",)
_WAITER = ("Uniqueid", "Queue")
LEG_KEYS = (
    "Channel", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "Exten", "Uniqueid", "Linkedid",
    "Context",
)  # fmt: skip
_USER_EVENT_KEYS = (
    "UserEvent", "Uniqueid", "Kind", "Name", "Detail", "CallerPriority", "Agent", "Reason",
    "Channel",
)  # fmt: skip

TRANSLATIONS: dict[str, tuple[tuple[str, ...], Translate]] = {
    "Newchannel": (LEG_KEYS, start_of_leg),
    "Newstate": (("ChannelStateDesc", "Uniqueid"), _state),
    "NewCallerid": (("CallerIDNum", "CallerIDName", "Uniqueid"), _caller),
    "Hangup": (_LEG, e.LegEnded),
    "BridgeEnter": (
        ("BridgeUniqueid", "Uniqueid", "Linkedid", "Channel", "Context"),
        _bridge_enter,
    ),
    "BridgeLeave": (("BridgeUniqueid", "Uniqueid"), _bridge_leave),
    "Hold": (_LEG, e.HoldBegan),
    "Unhold": (_LEG, e.HoldEnded),
    "UserEvent": (_USER_EVENT_KEYS, _user_event),
    "QueueCallerJoin": (_WAITER, e.CallerJoinedQueue),
    "QueueCallerLeave": (_WAITER, e.CallerLeftQueue),
    "QueueCallerAbandon": (_WAITER, e.CallerAbandoned),
    "AgentConnect": (("MemberName", "Queue", "Uniqueid"), e.AgentAnswered),
    "AgentComplete": (("MemberName", "Queue"), e.AgentFinished),
    "QueueMemberAdded": (
        ("MemberName", "Queue", "Interface", "Paused", "PausedReason"),
        _member_added,
    ),
    "QueueMemberRemoved": (("MemberName", "Queue"), e.AgentSignedOut),
    "QueueMemberPause": (("MemberName", "Queue", "Paused", "PausedReason"), _member_pause),
    "DeviceStateChange": (("Device", "State"), device_state),
    "ChanSpyStart": (("SpyerChannel", "SpyeeChannel"), e.SpyBegan),
}

# By a message's first line, as it comes.
READERS: dict[bytes, tuple[Reader, Translate]] = {
    f"Event: {name}".encode(): (Reader(("Timestamp", *keys)), make)
    for name, (keys, make) in TRANSLATIONS.items()
}


def translate(headers: Mapping[str, str], received_at: float) -> e.Event | None:
    """One event from its headers; None when it is of no interest."""
    entry = TRANSLATIONS.get(headers.get("Event", ""))
    if entry is None:
        return None
    keys, make = entry
    at = _at(headers.get("Timestamp", ""), received_at)
    return make(at, *(headers.get(key, "") for key in keys))


def translate_text(first_line: bytes, text: str, received_at: float) -> e.Event | None:
    """The same from a message's text, reading only the keys its type needs."""
    reader, make = READERS[first_line]
    timestamp, *values = reader.values(text)  # timestampevents=yes in manager.conf
    return make(_at(timestamp, received_at), *values)


def _at(timestamp: str, received_at: float) -> float:
    try:
        return float(timestamp)
    except ValueError:
        return received_at
