"""What a dialing campaign is: one frozen value that forms, files, the store and the dialer share.

Plain records with no behaviour. `domain/campaign_rules.py` says what makes a campaign sound,
`domain/rule_presets.py` what the law of a country asks of it; `db/campaign_store.py` keeps it.
A campaign's agents are the members of its queue, so sign-in, pause, wrap-up and listening work as
for inbound calls. Times of day are those of the person called.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Literal

from callcenter.domain.site import Holiday, OpeningRule

Mode = Literal["manual", "preview", "progressive", "power", "predictive", "broadcast", "survey"]
CampaignState = Literal["draft", "running", "paused", "finished"]
Preset = Literal["none", "us", "uk", "ca"]
MachineAction = Literal["hang-up", "message", "agent"]
LeadOrder = Literal["oldest-first", "newest-first", "least-tried", "random"]
Outcome = Literal[
    "connected", "abandoned", "machine", "machine-message", "no-answer", "busy", "failed",
    "blocked", "unplaced", "lost", "opted-out",
]  # fmt: skip

# An agent is rung or an answered person waits for one; the others speak by themselves.
MODES_WITH_AGENTS: tuple[Mode, ...] = ("manual", "preview", "progressive", "power", "predictive")
BY_HAND: tuple[Mode, ...] = ("manual", "preview")  # an agent dials
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class ListShare:
    """A lead list in a campaign. Of two lists with weights 3 and 1 the first gives 3 of 4 leads."""

    list: str  # name of the lead list
    weight: int = 1


@dataclass(frozen=True)
class LeadRule:
    """Leads of which this holds; fields and comparisons are those of dialer/leads/conditions.py."""

    field: str
    op: str
    value: str = ""


@dataclass(frozen=True)
class CallerId:
    """A number to show. `prefixes` are those of called numbers it is for, e.g. +1212; empty: any.

    The longest matching prefix wins; several with the same take turns.
    """

    number: str  # E.164
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegionRule:
    """Dialing hours of a country (`US`) or a part of one (`US-TX`), in place of the campaign's.

    Several rows of a region add up; one without weekdays alone: never.
    """

    region: str
    weekdays: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class RetryRule:
    """After `outcome`: wait, then try again, at most `attempts` times with this outcome."""

    outcome: Outcome
    delay_seconds: int = 3600
    attempts: int = 3  # calls with this outcome, the first included; 1: never again
    other_number_first: bool = False  # the lead's next number is due at once


@dataclass(frozen=True)
class Disposition:
    """What an agent says became of a call that was talked on."""

    code: str
    title: str
    then: Literal["done", "retry", "callback", "do-not-call", "bad-number"] = "done"
    delay_seconds: int = 0  # for retry
    success: bool = False  # counts toward the target


@dataclass(frozen=True)
class KeyAction:
    """What a key does while a broadcast or the abandoned-call message plays."""

    digit: str
    action: Literal["agent", "do-not-call", "again", "hang-up"]


@dataclass(frozen=True)
class SurveyQuestion:
    name: str
    prompt: str
    digits: str = "12345"  # keys that are an answer


@dataclass(frozen=True)
class MachineDetection:
    """Asterisk's AMD(): its arguments, in milliseconds."""

    initial_silence_ms: int = 2500
    greeting_ms: int = 1500
    after_greeting_silence_ms: int = 800
    total_ms: int = 5000
    min_word_ms: int = 100
    between_words_ms: int = 50
    max_words: int = 3
    silence_threshold: int = 256
    max_word_ms: int = 5000


DEFAULT_RETRIES = (
    RetryRule("no-answer", delay_seconds=4 * 3600, attempts=6, other_number_first=True),
    RetryRule("busy", delay_seconds=15 * 60, attempts=6),
    RetryRule("machine", delay_seconds=24 * 3600, attempts=4, other_number_first=True),
    RetryRule("machine-message", delay_seconds=3 * 24 * 3600, attempts=1),
    RetryRule("abandoned", delay_seconds=24 * 3600, attempts=2),
    RetryRule("failed", delay_seconds=24 * 3600, attempts=2, other_number_first=True),
    RetryRule("lost", delay_seconds=3600, attempts=3),
)
DEFAULT_DISPOSITIONS = (
    Disposition("success", "Success", success=True),
    Disposition("not-interested", "Not interested"),
    Disposition("callback", "Call back later", then="callback"),
    Disposition("retry", "Try again tomorrow", then="retry", delay_seconds=24 * 3600),
    Disposition("wrong-number", "Wrong number", then="bad-number"),
    Disposition("do-not-call", "Asked not to be called", then="do-not-call"),
)


@dataclass(frozen=True)
class Campaign:
    """All settings of one campaign. Instants and money have no place here."""

    name: str  # slug
    title: str
    queue: str  # the site queue whose members are its agents
    mode: Mode = "predictive"
    state: CampaignState = "draft"
    trunk: str = ""  # site trunk calls go out by
    priority: int = 0  # among campaigns that share agents or lines: the higher one dials first

    lists: tuple[ListShare, ...] = ()
    first: tuple[LeadRule, ...] = ()  # leads of the first rule before those of the second …
    order: LeadOrder = "oldest-first"  # … and all of one rule in this order
    filter: str = ""  # a rule of dialer/leads/conditions.py as JSON text; empty: every lead

    caller_ids: tuple[CallerId, ...] = ()
    script: str = ""  # what the agent reads; {given_name} and other fields are filled in
    dispositions: tuple[Disposition, ...] = DEFAULT_DISPOSITIONS

    rules: Preset = "us"
    hours: tuple[OpeningRule, ...] = (OpeningRule(EVERY_DAY, time(9), time(20)),)
    holidays: tuple[Holiday, ...] = ()
    regions: tuple[RegionRule, ...] = ()
    consent_required: bool = False  # dial only numbers with a consent in force

    ring_seconds: int = 25
    retries: tuple[RetryRule, ...] = DEFAULT_RETRIES
    attempts_per_number: int = 10
    attempts_per_lead: int = 20
    attempts_per_number_per_day: int = 2
    attempts_per_lead_per_day: int = 4

    machine_detection: bool = False
    detection: MachineDetection = MachineDetection()
    machine_action: MachineAction = "hang-up"
    machine_prompt: str = ""  # for machine_action message

    patience_seconds: float = 2.0  # an answered person waits so long for an agent
    abandoned_prompt: str = ""  # who called, and a number to call back
    abandon_limit: float = 0.03  # of live-answered calls
    abandon_window_days: int = 30

    greeting_prompt: str = ""  # broadcast and survey: what is played
    keys: tuple[KeyAction, ...] = (KeyAction("9", "do-not-call"),)
    questions: tuple[SurveyQuestion, ...] = ()

    record: bool = True
    ratio: float = 1.5  # power: lines for each ready agent
    max_lines: int = 30
    max_calls_per_second: float = 5.0
    target_successes: int = 0  # finished when reached; 0: when the leads are used up

    @property
    def reaches_agents(self) -> bool:
        """Whether who is called may come to wait for an agent."""
        asks = any(each.action == "agent" for each in self.keys)
        return self.mode in MODES_WITH_AGENTS or asks
