"""How many calls a campaign places now, by its mode. The predictive part is `dialer/pacing`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from callcenter.dialer.pacing.answers import AnswerLearner
from callcenter.dialer.pacing.budget import Budget
from callcenter.dialer.pacing.handling import HandlingLearner
from callcenter.dialer.pacing.pace import pace
from callcenter.dialer.pacing.snapshot import Decision, Snapshot
from callcenter.domain.campaign import BY_HAND, Campaign
from callcenter.pbx.originate import LEAST_PATIENCE_SECONDS

FORECAST_SECONDS = 2.0
HANDLING_SECONDS = 15.0
INBOUND_AHEAD_SECONDS = 30.0
INBOUND_AGE_SECONDS = 5.0
PRIOR_PEOPLE, PRIOR_VERDICTS = 2.0, 4.0  # of those who answer while detection listens


@dataclass
class Learned:
    """What one campaign's calls have taught; the forecasts are renewed by `forecast_at`."""

    answers: AnswerLearner
    handling: HandlingLearner

    def __init__(self) -> None:
        self.answers, self.handling = AnswerLearner(), HandlingLearner()
        self._people, self._verdicts = PRIOR_PEOPLE, PRIOR_VERDICTS
        self._renew(0.0, (), ())
        self._answers_due = self._handling_due = 0.0

    def verdict(self, person: bool) -> None:
        self._people += person
        self._verdicts += 1

    @property
    def people_among_answers(self) -> float:
        return self._people / self._verdicts

    def forecast_at(self, snapshot: Snapshot) -> None:
        now = snapshot.at_seconds
        if now >= self._handling_due:
            self.free = self.handling.forecast(snapshot.talking_seconds, snapshot.wrap_up_seconds)
            self._handling_due = now + HANDLING_SECONDS
        if now >= self._answers_due:
            self.forecast = self.answers.forecast(now)
            self._answers_due = now + FORECAST_SECONDS

    def _renew(self, now: float, talking: tuple[float, ...], wrapping: tuple[float, ...]) -> None:
        self.free = self.handling.forecast(talking, wrapping)
        self.forecast = self.answers.forecast(now)


def decide(
    campaign: Campaign, snapshot: Snapshot, learned: Learned, inbound_per_second: float = 0.0
) -> Decision:
    """`snapshot.waiting` has the callers who come first; `inbound_per_second`: those to expect."""
    mode = campaign.mode
    if mode in BY_HAND:
        return Decision(0, "agents dial by hand")
    if mode in ("broadcast", "survey"):
        return _every_line(campaign, snapshot)
    if snapshot.agents == 0:
        return Decision(0, "nobody is signed in and at work in the queue")
    if snapshot.free_lines <= 0:
        return Decision(0, "no free line")
    if mode == "predictive":
        return _predictive(campaign, snapshot, learned, inbound_per_second)
    ratio, reason = _lines_per_agent(campaign, snapshot)
    kept = kept_for_callers(campaign, snapshot, inbound_per_second)
    if kept:
        reason += f", and {kept} kept for callers: one more abandoned would pass the limit"
    ready = max(0, snapshot.agents_ready - snapshot.waiting - kept)
    return _per_agent(ready, ratio, snapshot, reason)


def _every_line(campaign: Campaign, snapshot: Snapshot) -> Decision:
    """Who presses the key for an agent waits without a limit, so no more are asked than are served:
    those who wait now are each the next call of one agent."""
    if not campaign.reaches_agents:
        return Decision(snapshot.free_lines, "every free line: no agent is needed")
    if snapshot.agents == 0:
        return Decision(0, "nobody is signed in and at work for the key to an agent")
    if snapshot.waiting >= snapshot.agents:
        return Decision(0, "as many wait for an agent as agents are at work")
    return Decision(snapshot.free_lines, "every free line: agents are at work for the key")


def _lines_per_agent(campaign: Campaign, snapshot: Snapshot) -> tuple[float, str]:
    """A ratio above 1 leaves people without an agent, whatever it is: it ends with the budget."""
    if campaign.mode != "power" or campaign.ratio <= 1:
        return 1.0, "one line for each free agent"
    if _spent(campaign, snapshot):
        return 1.0, "one more abandoned would pass the limit: one line for each free agent"
    return campaign.ratio, f"{campaign.ratio:g} lines a free agent"


def _spent(campaign: Campaign, snapshot: Snapshot) -> bool:
    credit = Budget(limit=campaign.abandon_limit).credit(snapshot)
    return snapshot.abandoned > 0 and credit < 1


def kept_for_callers(campaign: Campaign, snapshot: Snapshot, inbound_per_second: float) -> int:
    """Agents for whom no lead rings, so that a caller who comes meanwhile takes nobody's agent but
    in the share of cases the limit allows. None are kept while the budget bears one more."""
    if inbound_per_second <= 0 or not _spent(campaign, snapshot):
        return 0
    expected = inbound_per_second * INBOUND_AHEAD_SECONDS
    kept, chance = 0, math.exp(-expected)  # of so many callers …
    at_most = chance  # … and of no more
    while 1 - at_most > campaign.abandon_limit and kept < snapshot.agents:
        kept += 1
        chance *= expected / kept
        at_most += chance
    return kept


def _per_agent(ready: int, ratio: float, snapshot: Snapshot, reason: str) -> Decision:
    ahead = len(snapshot.ringing_seconds) + snapshot.detecting
    wanted = max(0, math.floor(ready * ratio) - ahead)
    if wanted == 0:
        why = "no agent is free" if ready == 0 else "enough calls are on their way"
        return Decision(0, f"{reason}: {why}")
    return Decision(min(wanted, snapshot.free_lines), reason)


def _predictive(
    campaign: Campaign, snapshot: Snapshot, learned: Learned, inbound_per_second: float
) -> Decision:
    learned.forecast_at(snapshot)
    # A call that was answered while detection listens is a person more often than not: it is
    # counted as waiting already, in that share.
    people = math.floor(snapshot.detecting * learned.people_among_answers + 0.5)
    expected = inbound_per_second * INBOUND_AHEAD_SECONDS
    as_calls = math.floor(expected / max(learned.forecast.rate, 0.05) + 0.5)
    seen = replace(
        snapshot,
        waiting=snapshot.waiting + people,
        detecting=snapshot.detecting - people,
        ringing_seconds=(*snapshot.ringing_seconds, *[INBOUND_AGE_SECONDS] * as_calls),
    )
    budget = Budget(limit=campaign.abandon_limit)
    decision = pace(
        seen,
        learned.forecast,
        learned.free,
        learned.handling,
        budget,
        patience_left_seconds(campaign),
    )
    return _at_least_progressive(campaign, snapshot, inbound_per_second, decision)


def _at_least_progressive(
    campaign: Campaign, snapshot: Snapshot, inbound_per_second: float, decision: Decision
) -> Decision:
    """Callers to come are counted as calls that ring, of which most would not be answered: that may
    leave less than one line for each agent whom no caller will take."""
    kept = kept_for_callers(campaign, snapshot, inbound_per_second)
    sure = min(snapshot.agents_ready - snapshot.in_flight - kept, snapshot.free_lines)
    if decision.dial >= sure:
        return decision
    reason = "callers are expected: one line per free agent"
    return replace(decision, dial=sure, reason=reason + (f", {kept} kept for them" if kept else ""))


def patience_left_seconds(campaign: Campaign) -> float:
    """When detection has said that a person answered: the silence it listened to is over by then,
    and is part of the patience."""
    listened = campaign.detection.after_greeting_silence_ms / 1000
    left = campaign.patience_seconds - (listened if campaign.machine_detection else 0.0)
    return max(LEAST_PATIENCE_SECONDS, left)
