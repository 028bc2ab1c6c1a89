"""All rules together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from callcenter.dialer.compliance.case import Case, Wait
from callcenter.dialer.compliance.rules import RULES
from callcenter.domain.campaign import Campaign
from callcenter.domain.lead import Facts, Lead, LeadNumber

ROUNDS = 1000  # each goes on by some hours


@dataclass(frozen=True)
class Verdict:
    """One rule's answer. `due_at`: when it passes; now if it does, None if only a person can
    change it."""

    rule: str
    passes: bool
    words: str
    due_at: float | None


def verdicts(
    lead: Lead, number: LeadNumber, campaign: Campaign, facts: Facts, now: float
) -> tuple[Verdict, ...]:
    """One a rule, in the order of the table. The call may be placed when all pass."""
    case = Case(lead, number, campaign, facts, now)
    return tuple(_verdict(name, case) for name in RULES)


def allowed(found: tuple[Verdict, ...]) -> bool:
    return all(verdict.passes for verdict in found)


def refusals(found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    return tuple(verdict for verdict in found if not verdict.passes)


def first_due_at(
    lead: Lead, number: LeadNumber, campaign: Campaign, facts: Facts, now: float
) -> float | None:
    """The first moment from `now` on at which every rule passes; None: not by waiting.

    No moment before the latest `due_at` of a failing rule can do, so it is skipped to; another
    rule may have closed by then, so all are asked again.
    """
    at = now
    for _ in range(ROUNDS):
        failing = refusals(verdicts(lead, number, campaign, facts, at))
        if not failing:
            return at
        dues = [verdict.due_at for verdict in failing]
        if None in dues:
            return None
        at = max(due for due in dues if due is not None)
    return None


def _verdict(name: str, case: Case) -> Verdict:
    answer = RULES[name](case)
    if isinstance(answer, Wait):
        return Verdict(name, False, answer.words, answer.due_at)
    return Verdict(name, True, answer.words, case.now)


def at_dialing(facts: Facts, attempt_id: str) -> Facts:
    """The facts for the question just before a call is placed: its own attempt is up already."""
    return dataclasses.replace(facts, own_attempt=attempt_id)
