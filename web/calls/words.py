"""What outcomes and timeline entries are called on the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from callcenter.db.models.calls import Call, CallEvent, CallLeg
from callcenter.reports.outcomes import OUTCOMES as OUTCOMES
from callcenter.reports.places import place_words
from callcenter.reports.shown import WEEKDAYS

ENDED_BY = {
    "caller": "the caller",
    "agent": "the agent",
    "system": "the system",
    "cut": "Asterisk stopping",
}
OUTCOME_CHOICES = [
    (key, title) for key, (title, _) in OUTCOMES.items() if key not in ("", "waiting")
]
DIRECTION_CHOICES = (
    ("inbound", "In"), ("outbound", "Out"), ("internal", "Internal"), ("feature", "Feature code"),
    ("spy", "Listening in"),
)  # fmt: skip
# Q.850 cause of a channel's end, or ours
CHANNEL_ENDS = {
    "": "up", "0": "no answer", "16": "normal", "17": "busy", "18": "no reply", "19": "no answer",
    "cut": "cut",
}  # fmt: skip
# kind → (icon tone, sentence). {name}, {detail} and {who} are filled in and escaped by Jinja.
EVENTS = {
    "rang": ("info", "Call came in for {name}"),
    "did": ("idle", "Number dialed: {name}"),
    "hours": ("idle", "Opening hours {name}: {detail}"),
    "menu": ("idle", "Menu {name}"),
    "digit": ("idle", "Pressed {detail} in menu {name}"),
    "answer": ("idle", "Answered {detail} to question {name}"),
    "attempt": ("info", "Answered a call of campaign {name}"),
    "machine-detection": ("idle", "Machine detection: {name}, after {detail}"),
    "campaign-message": ("idle", "Heard {detail} {name}"),
    "opt-out": ("bad", "Asked campaign {name} never to be called again"),
    "queue": ("warn", "Entered queue {name}"),
    "queue-exit": ("warn", "Left queue {name}: {detail}"),
    "message": ("idle", "Heard message {name}"),
    "voicemail": ("calm", "Voicemail {name}"),
    "journey": ("calm", "Self-service {name} {detail}"),
    "callback": ("calm", "Asked to be called back, by campaign {name}"),
    "phone": ("idle", "Sent to phone {name}"),
    "ring-group": ("idle", "Sent to ring group {name}"),
    "recording": ("idle", "Recording began"),
    "spy": ("calm", "Supervisor: {detail}"),
    "agent": ("idle", "Agent {name}: {detail}"),
    "park": ("idle", "Parked {name}"),
    "agent_rang": ("info", "{who} rang"),
    "no_answer": ("bad", "{who} did not answer"),
    "ring_ended": ("idle", "{who} stopped ringing"),
    "connected": ("good", "{who} answered"),
    "consulted": ("info", "{who} called {detail}"),
    "hold": ("warn", "{who} put the caller on hold"),
    "unhold": ("good", "{who} took the caller back"),
    "blind_transfer": ("calm", "{who} transferred the call to {name}"),
    "attended_transfer": ("calm", "{who} handed the call over"),
    "parked": ("idle", "Parked {name}"),
    "unparked": ("idle", "Picked up from parking"),
    "hang_up": ("idle", "Ended by {name}"),
    "cut": ("bad", "Cut: Asterisk stopped"),
}
# QUEUESTATUS → why a caller left a queue
LEFT_QUEUE = {
    "TIMEOUT": "waited too long",
    "FULL": "it was full",
    "JOINEMPTY": "nobody was signed in",
    "LEAVEEMPTY": "nobody was signed in any more",
    "JOINUNAVAIL": "nobody could take calls",
    "LEAVEUNAVAIL": "nobody could take calls any more",
    "CONTINUE": "taken out by the dialplan",
    "WITHDRAW": "taken out by the dialplan",
    "KEY": "by a key",
}


def line_words(leg: CallLeg, trunk: str) -> str:
    """What a channel led to. `trunk`: its call's, empty of one within the house."""
    kind = "Phone " if leg.role == "phone" else ""
    kind = "Trunk " if leg.role == "customer" and trunk else kind
    return f"{kind}{leg.party or leg.channel}"


VERDICTS = {"human": "a person", "machine": "a machine", "unsure": "unsure"}
CAMPAIGN_MESSAGES = {
    "abandoned": "that nobody is free:",
    "machine": "the message for machines",
    "broadcast": "the broadcast",
    "survey": "the survey's",
}


def behind_words(kept: Mapping[str, str]) -> str:
    """What a link from a report narrowed the list to; empty when none did."""
    said = []
    if kept.get("counted") == "visits":
        how = (
            OUTCOMES.get(kept.get("visit_outcome", ""), ("",))[0] if "visit_outcome" in kept else ""
        )
        ending = f" that ended “{how}”" if how else ""
        said.append(
            f"calls that entered a queue in this period{ending}; one that came back is one line"
        )
    if kept.get("counted") == "talks":
        said.append("calls with a conversation that began in this period")
    if "wait_over" in kept:
        said.append(f"waits over {kept['wait_over']} s")
    if "wait_up_to" in kept:
        said.append(f"waits up to {kept['wait_up_to']} s")
    if "ring" in kept:
        missed = kept["ring"] == "no_answer"
        said.append("calls this agent did not pick up" if missed else "calls offered to this agent")
    said += _more_words(kept)
    said += [f"team {kept['team']}"] if "team" in kept else []
    said += [f"{name} {kept[name]}" for name in ("dialed", "trunk") if name in kept]
    return f"From a report: {', '.join(said)}." if said else ""


def _more_words(kept: Mapping[str, str]) -> list[str]:
    """Of numbers that count neither calls, visits nor talks."""
    said = []
    if kept.get("hour_of_week", "").isdigit():
        weekday, hour = divmod(int(kept["hour_of_week"]) % 168, 24)
        said.append(f"on {WEEKDAYS[weekday]}s from {hour:02}:00 to {(hour + 1) % 24:02}:00")
    if "returning" in kept:
        said.append("whose number called the queue again within 7 days")
    kind = kept.get("counted", "")
    if kind == "unrated":
        said.append("answered calls whose number no rate covers")
    if kind == "transfers":
        who = kept.get("to_agent") or kept.get("to_phone") or "somebody else"
        said.append(f"calls handed over to {who}")
    if kind in ("channels", "channels-begun"):
        up = "that began" if kind == "channels-begun" else "with a channel up"
        said.append(f"calls {up} in this period")
    if kind == "dispositions":
        of = f" in campaign {kept['campaign']}" if "campaign" in kept else ""
        said.append(f"calls that came to “{kept.get('disposition', '')}”{of}")
    if kind == "path":
        place, then = (place_words(kept.get(name, ""), {}) for name in ("place", "then"))
        said.append(f"callers who went from {place} to {then}, as step {kept.get('step', '')}")
    return said


def of_customer(legs: Iterable[CallLeg], uniqueid: str) -> bool:
    """Whether this channel is the one beyond the trunk, or of whoever called."""
    return any(leg.role == "customer" and leg.uniqueid == uniqueid for leg in legs)


def side_words(call: Call, legs: Iterable[CallLeg]) -> tuple[str, str]:
    """Who is on the recording's first and second track: the first is the channel that recorded,
    which names the file (dialplan, cc-record)."""
    if call.direction != "outbound":
        return "Caller", "Agent"
    by_called = of_customer(legs, PurePosixPath(call.recording).stem)
    return ("Called", "Agent") if by_called else ("Agent", "Called")


# What a timeline entry's name names, where the entry's kind is another word.
_NAMED = {
    "digit": "menu", "queue-exit": "queue", "rang": "did", "blind_transfer": "phone",
    "attempt": "campaign", "callback": "campaign", "opt-out": "campaign",
    "campaign-message": "message",
}  # fmt: skip


def event_words(
    event: CallEvent,
    agents: Mapping[str, str],
    places: Mapping[str, str],
    called: str = "",
    *,
    by_called: bool = False,
) -> tuple[str, str]:
    """(tone, sentence) of one line of the timeline. `places`: of reports/places.py, and campaigns;
    `called`: the number, of a call out; `by_called`: it is that one who answered."""
    tone, sentence = EVENTS.get(event.kind, ("idle", "{name} {detail}"))
    if by_called:
        return tone, f"{called} answered"
    if event.kind == "rang" and called:
        sentence = "{name} rang"
    if event.kind == "digit" and f"campaign:{event.name}" in places:
        sentence = "Pressed {detail}"
    named = agents.get(event.agent, f"Agent {event.agent}" if event.agent else "")
    detail = _detail(event)
    who = named or f"Phone {event.name}"
    # replace, not format: names come from callers and may hold braces
    name = called if event.kind == "rang" and called else _name(event, places)
    for mark, value in (("{name}", name), ("{detail}", detail), ("{who}", who)):
        if mark in sentence:
            before, after = sentence.split(mark, 1)
            sentence = f"{before}{value}{after}"
    return tone, sentence.strip() or event.kind


def _name(event: CallEvent, places: Mapping[str, str]) -> str:
    if event.kind == "hang_up":
        return ENDED_BY.get(event.name, event.name)
    if event.kind == "machine-detection":
        return VERDICTS.get(event.name, event.name)
    return places.get(f"{_NAMED.get(event.kind, event.kind)}:{event.name}", event.name)


def _detail(event: CallEvent) -> str:
    if event.kind == "machine-detection":  # its milliseconds, then Asterisk's own cause
        milliseconds = event.detail.partition(" ")[0]
        return f"{int(milliseconds) / 1000:.1f} s" if milliseconds.isdecimal() else event.detail
    if event.kind == "campaign-message":
        return CAMPAIGN_MESSAGES.get(event.detail, event.detail)
    return LEFT_QUEUE.get(event.detail, event.detail)
