"""What attempts, periods and outcomes are called here, and when a period began."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from callcenter.dialer.budget import window_start
from callcenter.domain.campaign import Campaign
from callcenter.domain.periods import day_start, local_day

UP_NOW = "Up now: "
KIND_WORDS = {
    "all": "All",
    "placed": "Dialed",
    "in-the-limit": "Counted by the limit",
    "over-patience": "No agent in time",
    "up": "Up or just over",
    "in-flight": f"{UP_NOW}on their way",
    "listening": f"{UP_NOW}listening to a message",
    "waiting": f"{UP_NOW}waiting for an agent",
    "talking": f"{UP_NOW}talking",
    "reserved": "Before an agent",
    "answered": "Answered by people",
    "connected": "Connected",
    "abandoned": "Got no agent",
    "opted-out": "Opted out",
    "machines": "Machines",
    "machine": "Machines, no message left",
    "machine-message": "Machines, message left",
    "no-answer": "No answer",
    "busy": "Busy",
    "failed": "Failed",
    "lost": "Lost",
    "not-placed": "Never went out",
    "blocked": "Blocked by a rule",
    "unplaced": "Not placed",
    "heard-human": "Detection heard a person",
    "heard-machine": "Detection heard a machine",
    "heard-unsure": "Detection was unsure",
}
OUTCOME_WORDS = {
    "": "Up or just over",
    "reserved": "Before an agent",
    "connected": "Connected",
    "abandoned": "Got no agent",
    "machine": "Machine",
    "machine-message": "Machine, message left",
    "no-answer": "No answer",
    "busy": "Busy",
    "failed": "Failed",
    "blocked": "Blocked by a rule",
    "unplaced": "Not placed",
    "lost": "Lost",
    "opted-out": "Opted out",
}
OUTCOME_TONES = {
    "": "info", "reserved": "info", "connected": "good", "abandoned": "bad",
    "opted-out": "warn", "failed": "warn",
    "lost": "warn", "blocked": "calm", "unplaced": "calm",
}  # fmt: skip
STATE_TONES = {"running": "good", "paused": "warn", "draft": "idle", "finished": "calm"}
# Kinds that the dialer alone knows → phases (docs/architecture.md, Dialing).
KIND_OF_PHASES = {
    "in-flight": ("placed", "ringing", "detecting", "machine"),
    "listening": ("message",),
    "waiting": ("waiting",),
    "talking": ("talking",),
}
VERDICT_WORDS = {"human": "A person", "machine": "A machine", "unsure": "Unsure"}
# Q.850, of calls that came to nothing. A call that rang out or was hung up is told by its outcome.
CAUSE_WORDS = {
    "1": "number not in use", "2": "no route there", "3": "no route there", "20": "phone is off",
    "21": "declined", "22": "number has changed", "26": "cleared", "27": "out of order",
    "28": "number is incomplete", "34": "no line free", "38": "network out of order",
    "41": "network failed for a moment", "42": "network overloaded", "50": "not allowed there",
    "57": "not allowed", "58": "not available now", "88": "incompatible",
    "102": "network timed out", "127": "network gave no reason", "cut": "Asterisk stopped",
}  # fmt: skip
TOLD_BY_OUTCOME = ("", "0", "16", "17", "18", "19")
PERIODS = {"hour": "Last hour", "today": "Today", "window": "The limit's window"}


def cause_words(cause: str) -> str:
    """Why an attempt came to what it did, where its outcome does not say it already."""
    if cause in TOLD_BY_OUTCOME:
        return ""
    return CAUSE_WORDS.get(cause, f"cause {cause}" if cause.isdigit() else cause.replace("-", " "))


def since_of(period: str, campaign: Campaign, now: float, zone: ZoneInfo) -> float:
    if period == "hour":
        return now - 3600
    if period == "window":
        return window_start(campaign, now, zone)
    return day_start(local_day(now, zone), zone)
