"""What is asked about a campaign, in the order it is shown, and form ↔ record."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from callcenter.dialer.leads.conditions import FIELDS, OPS
from callcenter.domain.campaign import Campaign, MachineDetection, Mode, Outcome
from callcenter.domain.rule_presets import PRESETS
from callcenter.domain.site_rules.problem import Problem
from web.site.ask import Ask, Part, Subject
from web.site.form import Texts, values_of

MODES = (
    ("predictive", "Predictive: dials ahead"),
    ("progressive", "Progressive: one per agent"),
    ("power", "Power: a fixed ratio"),
    ("preview", "Preview: agents look first"),
    ("manual", "Manual: agents dial"),
    ("broadcast", "Broadcast: plays a message"),
    ("survey", "Survey: asks by keys"),
)
ORDERS = (
    ("oldest-first", "due longest first"),
    ("newest-first", "loaded last first"),
    ("least-tried", "least tried first"),
    ("random", "at random"),
)
OUTCOMES: dict[Outcome, str] = {
    "no-answer": "no answer",
    "busy": "busy",
    "machine": "machine",
    "machine-message": "message left on a machine",
    "abandoned": "abandoned by us",
    "failed": "failed",
    "lost": "lost: Asterisk stopped",
    "connected": "talked, no disposition",
}
DETECTION = {
    "initial_silence_ms": "Silence at the start, at most",
    "greeting_ms": "Greeting of a person, at most",
    "after_greeting_silence_ms": "Silence after the greeting",
    "total_ms": "Listens for, at most",
    "min_word_ms": "Shortest word",
    "between_words_ms": "Silence between words",
    "max_words": "Words of a person, at most",
    "silence_threshold": "Louder than this is no silence",
    "max_word_ms": "Longest word",
}


def _modes(*names: Mode) -> tuple[str, tuple[str, ...]]:
    return "mode", names


BY_PEOPLE = _modes("predictive", "progressive", "power", "broadcast", "survey")
CONDITION_ROWS = (
    Ask("field", "Field", "select", of=tuple((n, f.title) for n, f in FIELDS.items())),
    Ask("op", "Comparison", "select", of=tuple(OPS.items())),
    Ask("value", "Value"),
)
_WEIGHT = re.compile(r"lists-[0-9]+-weight", re.ASCII)
JOIN = (("all", "all of these hold"), ("any", "one of these holds"))


def condition_asks(custom: Sequence[str]) -> tuple[Ask, Ask]:
    """The two questions a condition is put together with; custom fields by name."""
    known = tuple((n, f.title) for n, f in FIELDS.items())
    field = dataclasses.replace(
        CONDITION_ROWS[0], of=(*known, *((n, n.partition(":")[2]) for n in custom))
    )
    rows = (field, *CONDITION_ROWS[1:])
    return (
        Ask("filter_join", "Leads of which", "select", of=JOIN),
        Ask("filter_rows", "Conditions", "rows", rows=rows, add="Add a condition"),
    )


def condition_of(values: dict[str, Any]) -> str:
    """The JSON of what was put together; empty: every lead."""
    parts = [dict(zip(("field", "op", "value"), row, strict=True)) for row in values["filter_rows"]]
    return json.dumps({values["filter_join"] or "all": parts}) if parts else ""


def condition_rows(condition: str) -> tuple[str, tuple[tuple[str, str, str], ...]] | None:
    """Join and rows, when it is flat enough to be shown so."""
    if not condition:
        return "all", ()
    try:
        data = json.loads(condition)
    except ValueError:
        return None
    for join in ("all", "any"):
        parts = data.get(join) if isinstance(data, dict) and set(data) == {join} else None
        if isinstance(parts, list) and all(isinstance(p, dict) and "field" in p for p in parts):
            return join, tuple(
                (str(p["field"]), str(p.get("op", "")), str(p.get("value", ""))) for p in parts
            )
    return None


def campaign_subject(lists: Sequence[tuple[str, str]], custom: Sequence[str]) -> Subject:
    """`lists`: name and title of the lead lists; `custom`: their custom fields."""
    prompt = ("prompts", "none")
    return Subject(
        collection="campaigns", title="Campaigns", one="campaign", section="",
        icon="phone-outgoing", key="name", columns=(), lede="",
        parts=(
            Part("Campaign", (
                Ask("name", "Name"),
                Ask("title", "Title", help="Shown on pages and boards."),
                Ask("mode", "Dials", "select", of=MODES),
                Ask("queue", "Queue", "reference", of="queues",
                    help="Its members are the campaign's agents."),
                Ask("trunk", "Trunk", "reference", of="trunks", optional="choose before starting"),
                Ask("priority", "Priority", "number",
                    "Of campaigns that share agents or lines the higher one dials first."),
            )),
            Part("Who is called", (
                Ask("lists", "Lists", "rows", add="Add a list", rows=(
                    Ask("list", "List", "select", of=tuple(lists)),
                    Ask("weight", "Weight", "number"),
                )),
                Ask("order", "In this order", "select", of=ORDERS,
                    help="Leads with a higher priority always come before."),
                *condition_asks(custom),
                Ask("first", "Called first", "rows", rows=condition_asks(custom)[1].rows,
                    add="Add a rule"),
            ), lede="Of two lists with weights 3 and 1 the first gives three leads of four; "
               "no weight is 1. "
               "Without a condition every lead of the lists is called. Those of the first rule "
               "come first, then those of the second, then the others."),
            Part("Numbers to show", (
                Ask("caller_ids", "Numbers", "rows", add="Add a number", rows=(
                    Ask("number", "Number"),
                    Ask("prefixes", "For numbers that begin with", "words"),
                )),
            ), lede="With country code: +12125550100. The longest beginning wins (+1212), several "
               "that fit take turns; without one it is for any number."),
            Part("When calls go out", (
                Ask("rules", "Rules of", "select",
                    of=tuple((name, preset.title) for name, preset in PRESETS.items()),
                    help="Limits no setting here can loosen. Your lawyer decides."),
                Ask("consent_required", "Only with a consent in force", "check"),
                Ask("hours", "Hours", "rows", add="Add hours", rows=_HOURS),
                Ask("holidays", "Holidays", "rows", add="Add a holiday", rows=(
                    Ask("day", "Day", "date"),
                    Ask("name", "Name"),
                    Ask("every_year", "every year", "check"),
                )),
                Ask("regions", "Other hours in a region", "rows", add="Add a region", rows=(
                    Ask("region", "Region"), *_HOURS,
                )),
            ), lede="By the clock of the person called, in every time zone the number may be in. "
               "A region (US-TX, or a country: GB) has its own hours in place of these."),
            Part("Tries", (
                Ask("ring_seconds", "Rings for", "number", unit="seconds"),
                Ask("attempts_per_number", "Tries of a number in all", "number"),
                Ask("attempts_per_lead", "Tries of a lead in all", "number"),
                Ask("attempts_per_number_per_day", "Tries of a number a day", "number"),
                Ask("attempts_per_lead_per_day", "Tries of a lead a day", "number"),
                Ask("retries", "After", "rows", add="Add an outcome", rows=(
                    Ask("outcome", "After", "select", of=tuple(OUTCOMES.items())),
                    Ask("delay_seconds", "Wait", "delay"),
                    Ask("attempts", "At most, calls", "number"),
                    Ask("other_number_first", "other number first", "check"),
                )),
            ), lede="An outcome that is not listed ends the lead."),
            Part("What agents see and say", (
                Ask("script", "Script", "prose",
                    "Fields of the lead in braces: Hello {given_name}, you chose {plan}."),
                Ask("record", "Record the calls", "check"),
                Ask("dispositions", "Dispositions", "rows", add="Add a disposition", rows=(
                    Ask("code", "Code"),
                    Ask("title", "Title"),
                    Ask("then", "Then", "select", of=(
                        ("done", "done"), ("retry", "try again"), ("callback", "callback"),
                        ("do-not-call", "do not call"), ("bad-number", "wrong number"),
                    )),
                    Ask("delay_seconds", "After", "delay"),
                    Ask("success", "success", "check"),
                )),
            )),
            Part("Pace", (
                Ask("max_lines", "Lines at most", "number"),
                Ask("max_calls_per_second", "Calls a second at most", "decimal"),
                Ask("target_successes", "Finished after successes", "number",
                    "0: when the leads are used up."),
            )),
            Part("Power", (
                Ask("ratio", "Calls for each free agent", "decimal"),
            ), only_for=_modes("power")),
            Part("Nobody free", (
                Ask("patience_seconds", "A person waits for", "decimal", unit="seconds"),
                Ask("abandoned_prompt", "Then hears", "reference", of=prompt[0], optional=prompt[1],
                    help="Who called, and a number to call back."),
                Ask("abandon_limit", "Abandoned at most", "percent", "Of calls a person answered."),
                Ask("abandon_window_days", "Over", "number", unit="days"),
            ), only_for=_modes("predictive", "progressive", "power")),
            Part("What is played", (
                Ask("greeting_prompt", "Plays", "reference", of=prompt[0], optional=prompt[1]),
            ), only_for=_modes("broadcast", "survey")),
            Part("Questions", (
                Ask("questions", "Questions", "rows", add="Add a question", rows=(
                    Ask("name", "Name"),
                    Ask("prompt", "Asks", "reference", of=prompt[0]),
                    Ask("digits", "Keys that answer"),
                )),
            ), only_for=_modes("survey")),
            Part("Keys", (
                Ask("keys", "Keys", "rows", add="Add a key", rows=(
                    Ask("digit", "Key"),
                    Ask("action", "Does", "select", of=(
                        ("agent", "goes to an agent"), ("do-not-call", "never call again"),
                        ("again", "plays it again"), ("hang-up", "hangs up"),
                    )),
                )),
            ), lede="While a message plays: to people no agent is free for, a broadcast, a survey.",
                only_for=BY_PEOPLE),
            Part("Answering machines", (
                Ask("machine_detection", "Tell machines from people", "check",
                    "Takes a second or two of each answered call, and errs now and then."),
                Ask("machine_action", "A machine", "select", of=(
                    ("hang-up", "is hung up on"), ("message", "hears a message"),
                    ("agent", "goes to an agent"),
                )),
                Ask("machine_prompt", "Message", "reference", of=prompt[0], optional=prompt[1]),
            ), only_for=BY_PEOPLE),
            Part("Detection in detail", tuple(
                Ask(f"detection_{name}", label, "number", unit="ms" if name.endswith("_ms") else "")
                for name, label in DETECTION.items()
            ), lede="Asterisk's AMD. What it heard can be listened to in each call's recording.",
                only_for=BY_PEOPLE, folded=True),
        ),
    )  # fmt: skip


_HOURS = (
    Ask("weekdays", "Days", "weekdays"),
    Ask("opens", "From", "time"),
    Ask("closes", "To", "time"),
)


def form_record(campaign: Campaign) -> Any:
    """The campaign with its nested parts laid flat, as the form asks for them."""
    values = {each.name: getattr(campaign, each.name) for each in dataclasses.fields(campaign)}
    values |= {f"detection_{name}": getattr(campaign.detection, name) for name in DETECTION}
    join, rows = condition_rows(campaign.filter) or ("all", ())
    return SimpleNamespace(**values, filter_join=join, filter_rows=rows)


def read_form(
    subject: Subject, texts: Texts, present: Campaign
) -> tuple[Campaign | None, list[Problem]]:
    """The campaign that was typed; what the form does not ask for stays as it is."""
    values, problems = values_of(subject, Campaign, _with_weights(texts))
    if problems:
        return None, problems
    values["detection"] = MachineDetection(
        **{name: values.pop(f"detection_{name}") for name in DETECTION}
    )
    condition = condition_of(values)
    del values["filter_join"], values["filter_rows"]
    # A condition that the page cannot show is kept until another is put together.
    if condition or condition_rows(present.filter) is not None:
        values["filter"] = condition
    return dataclasses.replace(present, **values), []


def _with_weights(texts: Texts) -> Texts:
    """A list chosen without a weight counts once: with none it would never be dialed."""
    found = texts.copy()
    for name in texts:
        if _WEIGHT.fullmatch(name) and not texts[name].strip():
            found[name] = "1"
    return found
