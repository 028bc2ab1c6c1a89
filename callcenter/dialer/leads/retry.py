"""What follows from an outcome: when the lead is due again, at which number, or that it is done."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.campaign import Campaign, Disposition, RetryRule
from callcenter.domain.lead import UNCOUNTED, LeadState, PastAttempt

# Nothing was asked of the network, or the last check forbade it: try again soon, nothing counted.
UNPLACED_DELAY_SECONDS = 30.0
BLOCKED_DELAY_SECONDS = 900.0


@dataclass(frozen=True)
class Next:
    """`number` is the one to dial next; it keeps the present one when nothing is to be dialed."""

    state: LeadState
    due_at: float
    number: str


def after_outcome(
    campaign: Campaign,
    numbers: tuple[str, ...],
    number: str,
    outcome: str,
    attempts: tuple[PastAttempt, ...],
    now: float,
) -> Next:
    """`numbers` are the lead's good ones in order; `attempts` are the lead's, this one included."""
    if outcome == "opted-out":
        return Next("do-not-call", now, number)
    if outcome in UNCOUNTED:
        delay = UNPLACED_DELAY_SECONDS if outcome == "unplaced" else BLOCKED_DELAY_SECONDS
        return Next("open", now + delay, number)
    rule = next((each for each in campaign.retries if each.outcome == outcome), None)
    if rule is None:
        return Next("done", now, number)
    return _retried(campaign, rule, numbers, number, attempts, now)


def _retried(
    campaign: Campaign,
    rule: RetryRule,
    numbers: tuple[str, ...],
    number: str,
    attempts: tuple[PastAttempt, ...],
    now: float,
) -> Next:
    tries = {
        each: sum(a.number == each and a.counts for a in attempts) for each in (*numbers, number)
    }
    same = {
        each: sum(a.number == each and a.outcome == rule.outcome for a in attempts)
        for each in numbers
    }
    left = [
        each
        for each in _from(numbers, number)
        if tries[each] < campaign.attempts_per_number and same[each] < rule.attempts
    ]
    if not left or sum(a.counts for a in attempts) >= campaign.attempts_per_lead:
        return Next("done", now, number)
    behind = [each for each in left if tries[each] < tries[number]]
    if rule.other_number_first and behind:
        return Next("open", now, behind[0])
    kept = number if number in left and not rule.other_number_first else left[0]
    return Next("open", now + rule.delay_seconds, kept)


def _from(numbers: tuple[str, ...], number: str) -> tuple[str, ...]:
    """The lead's numbers in turn, this one last when others follow it first."""
    if number not in numbers:
        return numbers
    here = numbers.index(number) + 1
    return (*numbers[here:], *numbers[:here])


def after_disposition(
    disposition: Disposition, numbers: tuple[str, ...], number: str, now: float
) -> Next:
    """What the agent said weighs more than the outcome. `numbers`: the lead's good ones."""
    if disposition.then == "do-not-call":
        return Next("do-not-call", now, number)
    if disposition.then == "bad-number":
        others = tuple(each for each in _from(numbers, number) if each != number)
        return Next("open", now, others[0]) if others else Next("bad-number", now, number)
    if disposition.then in ("retry", "callback"):
        return Next("open", now + disposition.delay_seconds, number)
    return Next("done", now, number)
