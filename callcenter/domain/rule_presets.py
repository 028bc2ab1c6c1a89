"""What the rules of a country ask of a campaign. The operator's lawyer decides; these are presets.

Sources: FTC 16 CFR 310.4(b) and FCC 47 CFR 64.1200 (us); Ofcom's policy on persistent misuse before
2017 (uk); CRTC Unsolicited Telecommunications Rules (ca).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from callcenter.domain.campaign import Preset
from callcenter.domain.site import OpeningRule

WEEKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


@dataclass(frozen=True)
class RulePreset:
    name: Preset
    title: str
    hours: tuple[OpeningRule, ...]  # in each time zone the called number may be in
    least_ring_seconds: int = 15
    most_patience_seconds: float = 2.0
    abandon_limit: float = 0.03
    abandon_window_days: int = 30
    scrub_days: int = 31  # an outside do-not-call list is older: stop
    abandoned_rest_hours: int = 0  # after an abandoned call: only with an agent guaranteed
    machine_rest_same_day: bool = False  # after a machine: the same day only with one guaranteed
    abandoned_message: bool = True  # a safe-harbour message is required


def _daily(opens: int, closes: int) -> tuple[OpeningRule, ...]:
    return (OpeningRule((0, 1, 2, 3, 4, 5, 6), time(opens), time(closes)),)


PRESETS: dict[Preset, RulePreset] = {
    "none": RulePreset(
        name="none",
        title="No preset",
        hours=(OpeningRule((0, 1, 2, 3, 4, 5, 6), time(0), time(0)),),
        least_ring_seconds=5,
        most_patience_seconds=30.0,
        abandon_limit=1.0,
        abandon_window_days=30,
        scrub_days=0,
        abandoned_message=False,
    ),
    "us": RulePreset(name="us", title="United States (FTC, FCC)", hours=_daily(8, 21)),
    "uk": RulePreset(
        name="uk",
        title="United Kingdom (Ofcom practice)",
        hours=(
            OpeningRule(WEEKDAYS, time(8), time(21)),
            OpeningRule(WEEKEND, time(9), time(20)),
        ),
        abandon_window_days=1,
        abandoned_rest_hours=72,
        machine_rest_same_day=True,
        scrub_days=28,
    ),
    "ca": RulePreset(
        name="ca",
        title="Canada (CRTC)",
        hours=(
            OpeningRule(WEEKDAYS, time(9), time(21, 30)),
            OpeningRule(WEEKEND, time(10), time(18)),
        ),
        abandon_limit=0.05,
    ),
}
