"""CEL facts of one call, in order → its channels, with their stays in bridges and their holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from callcenter.domain.open_line import phone_of_half
from callcenter.ledger.books import Channel, Stay
from callcenter.ledger.facts import CEL, Fact

# Facts of one microsecond are put in the order in which they can have happened.
ORDER = {
    name: place
    for place, name in enumerate(
        (
            "QUEUESTART", "CC_WRAP_UP", "ENTERQUEUE", "RINGNOANSWER", "RINGCANCELED", "CONNECT",
            "CHAN_START", "APP_START", "ANSWER", "STREAM_BEGIN", "BRIDGE_ENTER", "CC_STEP",
            "BLINDTRANSFER",
            "ATTENDEDTRANSFER", "STREAM_END", "PARK_START", "PARK_END", "BRIDGE_EXIT", "APP_END",
            "HANGUP", "CHAN_END", "LINKEDID_END",
        )
    )
}  # fmt: skip
_UNIQUEID = re.compile(r"(?:.*-)?(\d+)\.(\d+)$")

# Asterisk keeps the backslashes of a quoted display name in SIP: \" and \\.
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """One order whatever order the lines came in; a repeated line counts once."""
    unique = {fact.digest: fact for fact in facts}.values()
    return sorted(unique, key=lambda fact: (fact.at, ORDER.get(fact.event, 10), fact.digest))


def age_of(uniqueid: str) -> tuple[int, int, str]:
    """Sorts channel ids by when Asterisk made them; ids of another shape come last."""
    match = _UNIQUEID.match(uniqueid)
    if not match:
        return (2**63, 0, uniqueid)
    return (int(match[1]), int(match[2]), uniqueid)


def extra(fact: Fact) -> Mapping[str, str]:
    """The JSON in eventextra, or nothing when it is absent or not JSON."""
    return _values(fact.get("extra"))


@lru_cache(maxsize=20_000)  # each is looked at several times while its call is folded
def _values(text: str) -> Mapping[str, str]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {str(key): _storable(str(each)) for key, each in value.items()}


def _storable(text: str) -> str:
    """JSON can spell what no database takes: NUL, and half of a pair of surrogates."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def channels_of(facts: Iterable[Fact], cut_at: float | None) -> dict[str, Channel]:
    """`facts` in order. Channels without an end are ended at `cut_at` when that is given."""
    channels: dict[str, Channel] = {}
    for fact in facts:
        if fact.source != CEL:
            continue
        channel = channels.get(fact.uniqueid)
        if channel is None:
            channel = Channel(fact.uniqueid, fact.get("channel"), fact.at)
            channels[fact.uniqueid] = channel
        _take(channel, fact)
    for channel in channels.values():
        _finish(channel, channel.ended_at or cut_at)
    return channels


def _take(channel: Channel, fact: Fact) -> None:
    match fact.event:
        case "CHAN_START":
            channel.caller_number = fact.get("caller_number")
            channel.caller_name = _ESCAPED.sub(r"\1", fact.get("caller_name"))
            if not phone_of_half(channel.name)[0]:  # that one's is the phone, and nobody dialed it
                channel.exten = fact.get("exten")
        case "ANSWER":
            channel.answered_at = channel.answered_at or fact.at
        case "BRIDGE_ENTER":
            channel.stays.append(Stay(extra(fact).get("bridge_id", ""), fact.at, None))
        case "BRIDGE_EXIT":
            _leave(channel, extra(fact).get("bridge_id", ""), fact.at)
        case "STREAM_BEGIN" if fact.get("user_event") == "MOH_STREAM_BEGIN":
            channel.held.append((fact.at, None))
        case "STREAM_END" if fact.get("user_event") == "MOH_STREAM_END":
            _unhold(channel, fact.at)
        case "HANGUP":
            said = extra(fact)
            channel.ended_at, channel.cause = fact.at, said.get("hangupcause", "")
            channel.hangup_source = said.get("hangupsource", "")
        case "CHAN_END":
            channel.ended_at = channel.ended_at or fact.at


def _leave(channel: Channel, bridge: str, at: float) -> None:
    for number in reversed(range(len(channel.stays))):
        stay = channel.stays[number]
        if stay.bridge == bridge and stay.left is None:
            channel.stays[number] = Stay(bridge, stay.entered, at)
            return


def _unhold(channel: Channel, at: float) -> None:
    if channel.held and channel.held[-1][1] is None:
        channel.held[-1] = (channel.held[-1][0], at)


def _finish(channel: Channel, end: float | None) -> None:
    if end is None:
        return
    if channel.ended_at is None:
        channel.ended_at, channel.cause = end, "cut"
    channel.stays = [
        stay if stay.left is not None else Stay(stay.bridge, stay.entered, max(end, stay.entered))
        for stay in channel.stays
    ]
    channel.held = [
        (start, stop if stop is not None else max(end, start)) for start, stop in channel.held
    ]
