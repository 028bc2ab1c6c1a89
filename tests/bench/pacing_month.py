"""Campaigns that go on day after day, with what production carries over (`bench pacing --days`).

What was learned is kept overnight, and the budget is that of `callcenter/dialer/budget.py`: the
rule's window, and today with a little that earlier days have saved.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from statistics import fmean

from callcenter.dialer.budget import Counted, CountedBudget
from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.simulation.measure import MEANINGFUL_ANSWERS, abandonment, share
from callcenter.simulation.policies import Deaf, policy
from callcenter.simulation.scenario import Scenario
from callcenter.simulation.world import Tally, World

Job = tuple[str, int, str, int]  # cell, agents, policy, campaign
WINDOW_DAYS = 30
WORKING_DAYS = 22  # of the window: Monday to Friday
CALLS_A_DAY = 10**7  # more than there are; tells the calls of one day from another's


class Morning(Deaf):
    """A policy on one of its days: its clock goes on, and so does the numbering of its calls."""

    def __init__(self, learned: Deaf, day: int) -> None:
        self.interval_seconds = learned.interval_seconds
        self._learned, self._seconds, self._calls = learned, day * 86400.0, day * CALLS_A_DAY
        self.talk_ended = learned.talk_ended  # type: ignore[method-assign]
        self.wrap_up_ended = learned.wrap_up_ended  # type: ignore[method-assign]

    def decide(self, snapshot: Snapshot) -> int:
        at_seconds = snapshot.at_seconds + self._seconds
        return self._learned.decide(replace(snapshot, at_seconds=at_seconds))

    def dialed(self, call: int, at_seconds: float) -> None:
        self._learned.dialed(call + self._calls, at_seconds + self._seconds)

    def answered(self, call: int, at_seconds: float) -> None:
        self._learned.answered(call + self._calls, at_seconds + self._seconds)

    def ended(self, call: int, at_seconds: float) -> None:
        self._learned.ended(call + self._calls, at_seconds + self._seconds)


class Day(World):
    """A shift that goes by the window's budget, not by its own alone."""

    def __init__(self, scenario: Scenario, its: Deaf, random: Random, before: Counted) -> None:
        super().__init__(scenario, its, random)
        self._before = before

    def snapshot(self) -> Snapshot:
        seen = super().snapshot()
        today = Counted(seen.live_answered, seen.abandoned)
        window = self._before.plus(today.answered, today.abandoned)
        budget = CountedBudget(WINDOW_DAYS, self.scenario.abandon_limit, window, today)
        spent = budget.tighter
        return replace(
            seen, live_answered=spent.answered, abandoned=spent.abandoned, saved=budget.saved
        )

    def hang_up(self) -> None:
        """In the evening: calls that ring are given up."""
        for call in (*self._ringing, *self._detecting):
            self.policy.ended(call, self.now)


def run_campaign(
    scenario: Scenario, policy_name: str, seed: int, index: int, days: int
) -> list[Tally]:
    """One tally a day; the same arguments give the same tallies."""
    random = Random(f"{seed}/month/{index}")
    learned, tallies = policy(policy_name, scenario), list[Tally]()
    for day in range(days):
        before = counted(tallies[-(WORKING_DAYS - 1) :])
        world = Day(scenario, Morning(learned, day), random, before)
        tallies.append(world.run())
        world.hang_up()
    return tallies


def kept_campaigns(path: Path | None, days: int) -> dict[Job, list[Tally]]:
    """Of a run that was stopped, those with so many days; a line cut in two is left out."""
    found: dict[Job, list[Tally]] = {}
    if path is not None and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                job, of_days = json.loads(line)
                if len(of_days) == days:
                    found[tuple(job)] = [Tally(**values) for values in of_days]
    return found


def keep_campaign(path: Path | None, job: Job, tallies: Sequence[Tally]) -> None:
    if path is None:
        return
    unused: dict[str, object] = {"idle_stretches": [], "connect_waits": []}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps([job, [asdict(tally) | unused for tally in tallies]]) + "\n")


def counted(tallies: Sequence[Tally]) -> Counted:
    return Counted(sum(t.live_answered for t in tallies), sum(t.abandoned for t in tallies))


def month_summary(campaigns: Sequence[Sequence[Tally]], limit: float) -> dict[str, object]:
    """Shares 0 … 1. `highest_window`: of any campaign's last 22 working days, at any day's end
    with 200 answers or more; `highest_last_window`: at the end of its last day."""
    days = [day for campaign in campaigns for day in campaign]
    windows = [_windows(campaign) for campaign in campaigns]
    told = [each for of in windows for each in of if each.answered >= MEANINGFUL_ANSWERS]
    of_days = [abandonment(day) for day in days if day.live_answered >= MEANINGFUL_ANSWERS]
    busy = [share(day.talk_seconds + day.wrap_up_seconds, day.staffed_seconds) for day in days]
    return {
        "campaigns": len(campaigns),
        "days": len(days),
        "utilisation": fmean(busy),
        "abandonment": _share(counted(days)),
        "highest_window": max(map(_share, told), default=0.0),
        "windows_over_limit": sum(_share(each) > limit for each in told),
        "highest_last_window": max(_share(of[-1]) for of in windows),
        "highest_day": max(of_days, default=0.0),
        "days_over_limit": sum(each > limit for each in of_days),
        "days_with_200_answers": len(of_days),
    }


def _windows(campaign: Sequence[Tally]) -> list[Counted]:
    """At each day's end."""
    ends = range(1, len(campaign) + 1)
    return [counted(campaign[max(0, end - WORKING_DAYS) : end]) for end in ends]


def _share(of: Counted) -> float:
    return share(of.abandoned, of.answered)
