"""What attempts, periods and outcomes are called here, and when a period began."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from callcenter.dialer.budget import window_start
from callcenter.domain.campaign import Campaign
from callcenter.domain.periods import day_start, local_day

KIND_WORDS = {
    "all": "All",
    "in-the-limit": "Counted by the limit",
    "over-patience": "No agent in time",
    "up": "Up now",
    "answered": "Answered by people",
    "connected": "Connected",
    "abandoned": "Got no agent",
    "opted-out": "Opted out",
    "machines": "Machines",
    "no-answer": "No answer",
    "busy": "Busy",
    "failed": "Failed",
    "lost": "Lost",
    "not-placed": "Not placed",
    "heard-human": "Detection heard a person",
    "heard-machine": "Detection heard a machine",
    "heard-unsure": "Detection was unsure",
}
OUTCOME_WORDS = {
    "": "Up now",
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
    "": "info", "connected": "good", "abandoned": "bad", "opted-out": "warn", "failed": "warn",
    "lost": "warn", "blocked": "calm", "unplaced": "calm",
}  # fmt: skip
STATE_TONES = {"running": "good", "paused": "warn", "draft": "idle", "finished": "calm"}
KIND_OF_OUTCOME = {
    "": "up", "machine": "machines", "machine-message": "machines", "blocked": "not-placed",
    "unplaced": "not-placed",
}  # fmt: skip
PERIODS = {"hour": "Last hour", "today": "Today", "window": "The limit's window"}


def since_of(period: str, campaign: Campaign, now: float, zone: ZoneInfo) -> float:
    if period == "hour":
        return now - 3600
    if period == "window":
        return window_start(campaign, now, zone)
    return day_start(local_day(now, zone), zone)
