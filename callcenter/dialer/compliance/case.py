"""What a rule is asked, and what it answers.

`Pass(words)` or `Wait(words, due_at)`: `due_at` is the first moment from which it passes if nothing
else happens, None when only a person can change that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.domain.campaign import Campaign
from callcenter.domain.lead import Facts, Lead, LeadNumber


@dataclass(frozen=True)
class Case:
    lead: Lead
    number: LeadNumber
    campaign: Campaign
    facts: Facts
    now: float


@dataclass(frozen=True)
class Pass:
    words: str


@dataclass(frozen=True)
class Wait:
    words: str
    due_at: float | None = None


Answer = Pass | Wait
Rule = Callable[[Case], Answer]
