"""What makes a campaign sound: the one judge for forms, files, commands and the start of dialing.

`problems` is each field by itself, what it points at in the site, and what its preset asks. A draft
may be unfinished: `missing` is what else it needs before it may run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from callcenter.domain import campaign as parts
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign
from callcenter.domain.errors import InvalidInput
from callcenter.domain.rule_presets import PRESETS
from callcenter.domain.site import Holiday, OpeningRule, Site
from callcenter.domain.site_rules import patterns as p
from callcenter.domain.site_rules.problem import Problem, did_you_mean

DAY_SECONDS = 86400
MAX_SCRIPT_LETTERS = 20_000
MAX_RETRY_SECONDS = 90 * DAY_SECONDS

_e164 = p.shaped(r"\+[1-9][0-9]{5,14}", "must be a number such as +12125550100")
_prefix = p.shaped(r"\+[1-9][0-9]{0,14}", "must be the beginning of a number, such as +1212")
_region = p.shaped(
    r"[A-Z]{2}(-[A-Z0-9]{1,3})?", "must be a country such as US, or a part of it such as US-TX"
)
_prompt = p.optional(p.slug)


def _script(value: str) -> str | None:
    if len(value) > MAX_SCRIPT_LETTERS:
        return f"must be at most {MAX_SCRIPT_LETTERS} letters, is {len(value)}"
    return "has a NUL; take it out" if "\0" in value else None


def _whole_week(days: tuple[int, ...]) -> str | None:
    if not days:
        return "choose at least one day"
    return None if set(days) <= set(range(7)) else "days are 0 (Monday) to 6 (Sunday)"


def _answer_keys(value: str) -> str | None:
    if not value or set(value) - set(p.DIGITS):
        return "must be some of 0-9 * #"
    return None


def _queue(value: str) -> str | None:
    return p.slug(value) if value else "choose the queue whose members are its agents"


CHECKS: dict[type[Any], dict[str, p.Check]] = {
    Campaign: {
        "name": p.slug,
        "title": p.display_name,
        "queue": _queue,
        "mode": p.one_of(*get_args(parts.Mode)),
        "state": p.one_of(*get_args(parts.CampaignState)),
        "trunk": p.optional(p.slug),
        "priority": p.between(-100, 100),
        "order": p.one_of(*get_args(parts.LeadOrder)),
        "script": _script,
        "rules": p.one_of(*get_args(parts.Preset)),
        "ring_seconds": p.between(5, 120),
        "attempts_per_number": p.between(1, 1000),
        "attempts_per_lead": p.between(1, 1000),
        "attempts_per_number_per_day": p.between(1, 50),
        "attempts_per_lead_per_day": p.between(1, 50),
        "machine_action": p.one_of(*get_args(parts.MachineAction)),
        "machine_prompt": _prompt,
        "patience_seconds": p.between(0, 60),
        "abandoned_prompt": _prompt,
        "abandon_limit": p.between(0, 1),
        "abandon_window_days": p.between(1, 90),
        "greeting_prompt": _prompt,
        "ratio": p.between(1, 10),
        "max_lines": p.between(1, 10_000),
        "max_calls_per_second": p.between(0, 1000),
        "target_successes": p.between(0, 100_000_000),
    },
    parts.ListShare: {"list": p.slug, "weight": p.between(0, 1000)},
    parts.CallerId: {"number": _e164},
    parts.RegionRule: {"region": _region},
    parts.RetryRule: {
        "outcome": p.one_of(*get_args(parts.Outcome)),
        "delay_seconds": p.between(0, MAX_RETRY_SECONDS),
        "attempts": p.between(1, 1000),
    },
    parts.Disposition: {
        "code": p.slug,
        "title": p.display_name,
        "then": p.one_of("done", "retry", "callback", "do-not-call", "bad-number"),
        "delay_seconds": p.between(0, MAX_RETRY_SECONDS),
    },
    parts.KeyAction: {
        "digit": p.digit,
        "action": p.one_of("agent", "do-not-call", "again", "hang-up"),
    },
    parts.SurveyQuestion: {"name": p.slug, "prompt": p.slug, "digits": _answer_keys},
    parts.MachineDetection: {
        "initial_silence_ms": p.between(500, 10_000),
        "greeting_ms": p.between(500, 10_000),
        "after_greeting_silence_ms": p.between(100, 5000),
        "total_ms": p.between(1000, 20_000),
        "min_word_ms": p.between(20, 1000),
        "between_words_ms": p.between(10, 1000),
        "max_words": p.between(1, 20),
        "silence_threshold": p.between(1, 10_000),
        "max_word_ms": p.between(500, 20_000),
    },
    OpeningRule: {"weekdays": _whole_week},
    Holiday: {"name": p.optional_display_name},
}
ROWS: dict[str, str | None] = {  # rows of a campaign → what no two of them may share
    "lists": "list",
    "first": None,
    "caller_ids": "number",
    "hours": None,
    "holidays": "day",
    "regions": None,
    "retries": "outcome",
    "dispositions": "code",
    "keys": "digit",
    "questions": "name",
}


class UnsoundCampaign(InvalidInput):
    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in found))
        self.problems = found


def problems(campaign: Campaign, site: Site, lists: Iterable[str]) -> tuple[Problem, ...]:
    """Everything wrong with it. `lists` are the names of the lead lists there are."""
    found = (
        *_fields(campaign),
        *_hours(campaign),
        *_doubles(campaign),
        *_pointing(campaign, site, tuple(lists)),
        *_preset(campaign),
        *_together(campaign),
    )
    if campaign.state == "running":
        found = (*found, *missing(campaign))
    return tuple(dict.fromkeys(found))


def missing(campaign: Campaign) -> Iterator[Problem]:
    """What a campaign needs before it may run."""
    if not any(share.weight for share in campaign.lists):
        yield Problem("lists", "choose a list with a weight, so that there is somebody to call")
    if not campaign.trunk:
        yield Problem("trunk", "choose the trunk calls go out by")
    if not campaign.caller_ids:
        yield Problem("caller_ids", "give a number to show; hiding it is forbidden")
    if not _ever_open(campaign):
        yield Problem("hours", "give hours within those of the rules, or nobody is ever called")
    preset = PRESETS.get(campaign.rules)
    pacing = campaign.mode in ("power", "predictive", "progressive")
    if preset and preset.abandoned_message and pacing and not campaign.abandoned_prompt:
        yield Problem(
            "abandoned_prompt",
            "choose the message for people no agent is free for: who called, and a number to call",
        )
    if campaign.machine_action == "message" and not campaign.machine_prompt:
        yield Problem("machine_prompt", "choose the message that is left on machines")
    if campaign.mode == "broadcast" and not campaign.greeting_prompt:
        yield Problem("greeting_prompt", "choose what is played to people who answer")
    if campaign.mode == "survey" and not campaign.questions:
        yield Problem("questions", "ask at least one question")


def _fields(campaign: Campaign) -> Iterator[Problem]:
    yield from _checked(campaign, "")
    yield from _checked(campaign.detection, "detection.")
    for name in ROWS:
        for index, record in enumerate(getattr(campaign, name)):
            yield from _checked(record, f"{name}[{index}].")
    for index, caller_id in enumerate(campaign.caller_ids):
        for prefix in caller_id.prefixes:
            message = _prefix(prefix)
            if message:
                yield Problem(f"caller_ids[{index}].prefixes", f"{prefix!r} {message}")


def _hours(campaign: Campaign) -> Iterator[Problem]:
    for name in ("hours", "regions"):
        for index, rule in enumerate(getattr(campaign, name)):
            if name == "regions" and not set(rule.weekdays) <= set(range(7)):
                yield Problem(f"{name}[{index}].weekdays", "days are 0 (Monday) to 6 (Sunday)")
            if rule.weekdays and _closes(rule) <= _opens(rule):
                yield Problem(
                    f"{name}[{index}].closes",
                    "must be after it opens; past midnight, close at 00:00 and add a row that "
                    "opens at 00:00 next day",
                )


def _ever_open(campaign: Campaign) -> bool:
    """The campaign's hours, or some region's, overlap those of its preset."""
    preset = PRESETS[campaign.rules].hours if campaign.rules in PRESETS else ()
    own: Sequence[OpeningRule | parts.RegionRule] = (*campaign.hours, *campaign.regions)
    return any(
        set(one.weekdays) & set(other.weekdays)
        and max(_opens(one), _opens(other)) < min(_closes(one), _closes(other))
        for one in own
        for other in preset
    )


def _opens(rule: OpeningRule | parts.RegionRule) -> int:
    return rule.opens.hour * 60 + rule.opens.minute


def _closes(rule: OpeningRule | parts.RegionRule) -> int:
    """00:00 is the end of the day."""
    return rule.closes.hour * 60 + rule.closes.minute or DAY_SECONDS // 60


def _checked(record: Any, place: str) -> Iterator[Problem]:
    for name, check in CHECKS.get(type(record), {}).items():
        message = check(getattr(record, name))
        if message:
            yield Problem(f"{place}{name}", message)


def _doubles(campaign: Campaign) -> Iterator[Problem]:
    for rows, key in ROWS.items():
        seen = set()
        for index, record in enumerate(getattr(campaign, rows)):
            value = getattr(record, key) if key else record
            if value in seen:
                where = f"{rows}[{index}]" + (f".{key}" if key else "")
                yield Problem(where, "is there twice; take one out")
            seen.add(value)


def _pointing(campaign: Campaign, site: Site, lists: tuple[str, ...]) -> Iterator[Problem]:
    prompts = [each.name for each in site.prompts]
    pointers: list[tuple[str, str, str, Iterable[str]]] = [
        ("queue", campaign.queue, "queue", [each.name for each in site.queues]),
        ("trunk", campaign.trunk, "trunk", [each.name for each in site.trunks]),
        *((n, getattr(campaign, n), "prompt", prompts) for n in _PROMPTS),
        *((f"lists[{i}].list", s.list, "lead list", lists) for i, s in enumerate(campaign.lists)),
        *(
            (f"questions[{i}].prompt", q.prompt, "prompt", prompts)
            for i, q in enumerate(campaign.questions)
        ),
    ]
    for place, name, kind, known in pointers:
        if name and name not in known:
            yield Problem(place, f"there is no {kind} {name}{did_you_mean(name, known)}")


_PROMPTS = ("machine_prompt", "abandoned_prompt", "greeting_prompt")


def _preset(campaign: Campaign) -> Iterator[Problem]:
    """Settings laxer than the preset. Its hours, rests and lists hold besides, at each call."""
    preset = PRESETS.get(campaign.rules)
    if preset is None:
        return
    name = preset.title
    if campaign.ring_seconds < preset.least_ring_seconds:
        least = preset.least_ring_seconds
        yield Problem("ring_seconds", f"{name}: let it ring for at least {least} seconds")
    if campaign.patience_seconds > preset.most_patience_seconds:
        most = preset.most_patience_seconds
        yield Problem("patience_seconds", f"{name}: an agent within {most:g} seconds, not later")
    if campaign.abandon_limit > preset.abandon_limit:
        limit = preset.abandon_limit
        yield Problem("abandon_limit", f"{name}: at most {limit:.0%} of answered calls")
    if campaign.abandon_window_days > preset.abandon_window_days:
        days = preset.abandon_window_days
        yield Problem("abandon_window_days", f"{name}: the rate holds over {days} days or fewer")


def _together(campaign: Campaign) -> Iterator[Problem]:
    if campaign.max_calls_per_second <= 0:
        yield Problem("max_calls_per_second", "must be above 0")
    agents = campaign.mode in MODES_WITH_AGENTS
    if not agents and campaign.machine_action == "agent":
        yield Problem("machine_action", f"a {campaign.mode} campaign has no agent for a machine")
    detects = campaign.machine_action != "hang-up" and not campaign.machine_detection
    if detects and campaign.machine_prompt:
        yield Problem("machine_detection", "switch it on, or no message is ever left on a machine")
