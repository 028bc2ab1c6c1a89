"""Who is to be called, and what has happened to them so far: the values that rules judge.

Numbers are E.164 (`+12125550100`). Instants are seconds since the epoch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LeadState = Literal["open", "done", "do-not-call", "bad-number", "removed"]
DoNotCallScope = Literal["site", "campaign", "outside"]

# An attempt with such an outcome never reached the network: it counts for no limit.
UNCOUNTED = ("unplaced", "blocked")


@dataclass(frozen=True)
class LeadNumber:
    number: str
    zones: tuple[str, ...]  # every time zone it may ring in; empty: none is known
    state: Literal["open", "bad"] = "open"
    kind: str = ""  # mobile, fixed, either


@dataclass(frozen=True)
class Lead:
    id: int
    list: str
    numbers: tuple[LeadNumber, ...] = ()
    state: LeadState = "open"
    due_at: float = 0.0  # what the retry rules allow
    recycled_at: float = 0.0  # earlier attempts no longer count for the limits in all
    attempt: str = ""  # the dial attempt that holds it now
    country: str = ""
    region: str = ""
    next_number: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # every field by name, custom too


@dataclass(frozen=True)
class PastAttempt:
    number: str
    at: float
    outcome: str  # empty: it is up
    lead_id: int | None = None
    campaign: str = ""

    @property
    def counts(self) -> bool:
        return self.outcome not in UNCOUNTED


@dataclass(frozen=True)
class Listing:
    """A do-not-call entry that holds for this number in this campaign."""

    scope: DoNotCallScope
    name: str = ""
    reason: str = ""
    added_at: float = 0.0


@dataclass(frozen=True)
class OutsideList:
    name: str
    expires_at: float
    scrubbed_at: float = math.inf

    def good_until(self, scrub_days: int) -> float:
        """`scrub_days`: how old the preset lets it be; 0: as old as was said when it was loaded."""
        oldest = self.scrubbed_at + scrub_days * 86400.0 if scrub_days else math.inf
        return min(self.expires_at, oldest)


@dataclass(frozen=True)
class Consent:
    given_at: float
    expires_at: float | None = None
    revoked_at: float | None = None


@dataclass(frozen=True)
class Callback:
    id: int
    due_at: float
    agent: str = ""  # empty: anyone
    number: str = ""


@dataclass(frozen=True)
class Facts:
    """What the database says about one lead and one of its numbers.

    `agent_guaranteed`: a free agent is kept for this very call (domain/agent_guaranteed.py), so
    nobody can be abandoned. `agent`: whose call it would be; empty: whoever is free.
    """

    listings: tuple[Listing, ...] = ()
    outside_lists: tuple[OutsideList, ...] = ()
    consents: tuple[Consent, ...] = ()
    attempts: tuple[PastAttempt, ...] = ()  # of the lead or of the number, by any campaign
    callback: Callback | None = None
    list_active: bool = True
    in_filter: bool = True
    agent_guaranteed: bool = False
    agent: str = ""
    own_attempt: str = ""  # asked again just before dialing: this attempt itself is no obstacle
