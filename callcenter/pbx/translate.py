"""AMI events → domain events. Pure: the table at the foot says which types and keys are read.

The linkedid is the call id and the uniqueid the leg id. A `;1`/`;2` half of a Local channel is a
leg of kind `local`: it holds a bridge together but is never shown as a call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from callcenter.domain import events as e
from callcenter.pbx.wire import Needle, clean, needles, read_keys

Headers = dict[str, str]
SPY_PREFIX = "spy-"  # begins the channel id of every spying leg we originate
TRUNK_PREFIX = "trunk-"
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
        return "local", endpoint
    if technology != "PJSIP":
        return "other", device
    if endpoint.startswith(TRUNK_PREFIX):
        return "trunk", endpoint.removeprefix(TRUNK_PREFIX)
    return ("phone", endpoint) if endpoint.isdigit() else ("other", endpoint)


def start_of_leg(h: Headers, at: float) -> e.LegStarted:
    """Shared by the event and the snapshot. A channel we call starts in state Down."""
    channel = h["Channel"]
    # Only the endpoint decides: what follows the dash is different for every channel.
    kind, line = line_of(channel[:-9] if channel[-9:-8] == "-" else channel)
    dialed = clean(h["Exten"])
    return e.LegStarted(
        at, h["Uniqueid"], h["Linkedid"], channel, kind, line,
        clean(h["CallerIDNum"]), clean(h["CallerIDName"]).replace("\\", ""),  # SIP's own escapes
        "" if dialed in ("s", "h") else dialed, h["ChannelStateDesc"] == "Down",
    )  # fmt: skip


def _state(h: Headers, at: float) -> e.Event | None:
    if h["ChannelStateDesc"] == "Up":
        return e.LegAnswered(at, h["Uniqueid"])
    return e.LegRang(at, h["Uniqueid"]) if h["ChannelStateDesc"] == "Ringing" else None


def _hangup(h: Headers, at: float) -> e.Event:
    return e.LegEnded(at, h["Uniqueid"])


def _bridge_enter(h: Headers, at: float) -> e.Event:
    return e.LegJoinedBridge(at, h["Uniqueid"], h["Linkedid"], h["BridgeUniqueid"])


def _bridge_leave(h: Headers, at: float) -> e.Event:
    return e.LegLeftBridge(at, h["Uniqueid"], h["BridgeUniqueid"])


def _hold(h: Headers, at: float) -> e.Event:
    return e.HoldBegan(at, h["Uniqueid"])


def _unhold(h: Headers, at: float) -> e.Event:
    return e.HoldEnded(at, h["Uniqueid"])


def _caller(h: Headers, at: float) -> e.Event:
    return e.CallerNamed(at, h["Uniqueid"], clean(h["CallerIDNum"]), clean(h["CallerIDName"]))


def _user_event(h: Headers, at: float) -> e.Event | None:
    if h["UserEvent"] == "CcPriority":
        return e.PriorityGiven(at, h["Uniqueid"], count(h["CallerPriority"]))
    if h["UserEvent"] != "CcStep":
        return None
    if h["Kind"] == "spy":
        mode = SPY_MODES.get(h["Detail"])
        return e.SpyModeChosen(at, h["Uniqueid"], mode) if mode else None
    return e.StepReached(at, h["Uniqueid"], h["Kind"], clean(h["Name"]), clean(h["Detail"]))


def _queue_join(h: Headers, at: float) -> e.Event:
    return e.CallerJoinedQueue(at, h["Uniqueid"], h["Queue"])


def _queue_leave(h: Headers, at: float) -> e.Event:
    return e.CallerLeftQueue(at, h["Uniqueid"], h["Queue"])


def _queue_abandon(h: Headers, at: float) -> e.Event:
    return e.CallerAbandoned(at, h["Uniqueid"], h["Queue"])


def _agent_connect(h: Headers, at: float) -> e.Event:
    return e.AgentAnswered(at, h["MemberName"], h["Queue"], h["Uniqueid"])


def _agent_complete(h: Headers, at: float) -> e.Event:
    return e.AgentFinished(at, h["MemberName"], h["Queue"])


def _member_added(h: Headers, at: float) -> e.Event:
    phone = line_of(h["Interface"])[1]
    reason = clean(h["PausedReason"])
    return e.AgentSignedIn(at, h["MemberName"], h["Queue"], phone, h["Paused"] == "1", reason)


def _member_removed(h: Headers, at: float) -> e.Event:
    return e.AgentSignedOut(at, h["MemberName"], h["Queue"])


def _member_pause(h: Headers, at: float) -> e.Event:
    reason = clean(h["PausedReason"])
    return e.AgentPaused(at, h["MemberName"], h["Queue"], h["Paused"] == "1", reason)


def device_state(h: Headers, at: float) -> e.LineStateChanged | None:
    kind, line = line_of(h["Device"])
    if kind not in ("phone", "trunk"):
        return None
    return e.LineStateChanged(at, kind, line, LINE_STATES.get(h["State"], "unknown"))


def _spy_start(h: Headers, at: float) -> e.Event:
    return e.SpyBegan(at, h["SpyerChannel"], h["SpyeeChannel"])


Translate = Callable[[Headers, float], e.Event | None]
_LEG = ("Uniqueid",)
_WAITER = ("Uniqueid", "Queue")
_MEMBER = ("MemberName", "Queue", "Interface", "Paused", "PausedReason")
LEG_KEYS = (
    "Channel", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "Exten", "Uniqueid", "Linkedid",
)  # fmt: skip

TRANSLATIONS: dict[str, tuple[tuple[str, ...], Translate]] = {
    "Newchannel": (LEG_KEYS, start_of_leg),
    "Newstate": (("ChannelStateDesc", "Uniqueid"), _state),
    "NewCallerid": (("CallerIDNum", "CallerIDName", "Uniqueid"), _caller),
    "Hangup": (_LEG, _hangup),
    "BridgeEnter": (("BridgeUniqueid", "Uniqueid", "Linkedid"), _bridge_enter),
    "BridgeLeave": (("BridgeUniqueid", "Uniqueid"), _bridge_leave),
    "Hold": (_LEG, _hold),
    "Unhold": (_LEG, _unhold),
    "UserEvent": (
        ("UserEvent", "Uniqueid", "Kind", "Name", "Detail", "CallerPriority"),
        _user_event,
    ),
    "QueueCallerJoin": (_WAITER, _queue_join),
    "QueueCallerLeave": (_WAITER, _queue_leave),
    "QueueCallerAbandon": (_WAITER, _queue_abandon),
    "AgentConnect": (("MemberName", "Queue", "Uniqueid"), _agent_connect),
    "AgentComplete": (("MemberName", "Queue"), _agent_complete),
    "QueueMemberAdded": (_MEMBER, _member_added),
    "QueueMemberRemoved": (("MemberName", "Queue"), _member_removed),
    "QueueMemberPause": (_MEMBER, _member_pause),
    "DeviceStateChange": (("Device", "State"), device_state),
    "ChanSpyStart": (("SpyerChannel", "SpyeeChannel"), _spy_start),
}

_BY_BYTES: dict[bytes, tuple[tuple[Needle, ...], Translate]] = {
    name.encode(): (needles(keys), translate) for name, (keys, translate) in TRANSLATIONS.items()
}
WANTED = frozenset(_BY_BYTES)


def translate(headers: Headers, received_at: float) -> e.Event | None:
    """One event from its headers; None when it is of no interest."""
    entry = TRANSLATIONS.get(headers.get("Event", ""))
    if entry is None:
        return None
    keys, make = entry
    return make(
        {key: headers.get(key, "") for key in keys}, _at(headers.get("Timestamp", ""), received_at)
    )


def translate_text(name: bytes, text: str, received_at: float) -> e.Event | None:
    """The same from a message's text, reading only the keys its type needs."""
    wanted, make = _BY_BYTES[name]
    # The time, where Asterisk writes it (timestampevents=yes), is near the top.
    start = text.find("\r\nTimestamp: ", 0, 200)
    if start >= 0:
        received_at = _at(text[start + 13 : text.find("\r\n", start + 13)], received_at)
    return make(read_keys(text, wanted), received_at)


def _at(timestamp: str, received_at: float) -> float:
    try:
        return float(timestamp)
    except ValueError:
        return received_at
