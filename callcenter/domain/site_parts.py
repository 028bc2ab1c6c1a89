"""The shape of a site as tables: its collections, what names a record, what points at what.

The rules, the store, the site file and the forms all read these, so a new kind of record is added
in `site.py` and here, and nowhere is a list of fields written twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callcenter.domain import site as parts
from callcenter.domain.destination import HANG_UP, parse_destination
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site

COLLECTIONS: dict[str, type[Any]] = {
    "phones": parts.Phone,
    "agents": parts.Agent,
    "teams": parts.Team,
    "users": parts.User,
    "trunks": parts.Trunk,
    "outbound_routes": parts.OutboundRoute,
    "dids": parts.Did,
    "hours": parts.Hours,
    "prompts": parts.Prompt,
    "menus": parts.Menu,
    "queues": parts.Queue,
    "ring_groups": parts.RingGroup,
    "messages": parts.Message,
    "voicemail": parts.Voicemail,
    "journeys": parts.Journey,
}

KEYS: dict[type[Any], str] = {
    parts.Phone: "extension",
    parts.Agent: "number",
    parts.Team: "name",
    parts.User: "username",
    parts.Trunk: "name",
    parts.OutboundRoute: "name",
    parts.Did: "number",
    parts.Hours: "name",
    parts.Prompt: "name",
    parts.Menu: "name",
    parts.Queue: "name",
    parts.RingGroup: "extension",
    parts.Message: "name",
    parts.Voicemail: "number",
    parts.Journey: "name",
}

NESTED: dict[type[Any], dict[str, type[Any]]] = {
    parts.Agent: {"queues": parts.QueueMembership},
    parts.Hours: {"rules": parts.OpeningRule, "holidays": parts.Holiday},
    parts.Menu: {"options": parts.MenuOption},
    parts.Queue: {"keys": parts.QueueKey},
}

DESTINATION = "destination"
REFERENCES: dict[type[Any], dict[str, str]] = {
    parts.Phone: {"no_answer": DESTINATION},
    parts.QueueMembership: {"queue": "queue"},
    parts.Team: {"agents": "agent", "queues": "queue"},
    parts.User: {"agent": "agent", "phone": "phone", "teams": "team"},
    parts.OutboundRoute: {"trunk": "trunk"},
    parts.Did: {"destination": DESTINATION},
    parts.Hours: {"open": DESTINATION, "closed": DESTINATION, "holiday": DESTINATION},
    parts.MenuOption: {"destination": DESTINATION},
    parts.Menu: {
        "prompt": "prompt",
        "invalid_prompt": "prompt",
        "on_invalid": DESTINATION,
        "on_timeout": DESTINATION,
    },
    parts.Queue: {
        "wait_prompt": "prompt",
        "agent_prompt": "prompt",
        "on_full": DESTINATION,
        "on_timeout": DESTINATION,
        "on_no_agents": DESTINATION,
    },
    parts.QueueKey: {"destination": DESTINATION},
    parts.RingGroup: {"phones": "phone", "no_answer": DESTINATION},
    parts.Message: {"prompt": "prompt", "then": DESTINATION},
    parts.Voicemail: {"greeting": "prompt"},
    parts.Journey: {"then": DESTINATION, "results": DESTINATION},
}

# What a record is called when something points at it: destination kinds plus prompt, agent, team,
# trunk.
KINDS: dict[str, str] = {
    "phones": "phone",
    "agents": "agent",
    "teams": "team",
    "trunks": "trunk",
    "hours": "hours",
    "prompts": "prompt",
    "menus": "menu",
    "queues": "queue",
    "ring_groups": "ring-group",
    "messages": "message",
    "voicemail": "voicemail",
    "journeys": "journey",
}


@dataclass(frozen=True)
class Spot:
    """One record of a site and where it stands, e.g. `menus.main.options[3]`."""

    place: str
    collection: str
    record: Any


@dataclass(frozen=True)
class Reference:
    """`place` points at the record `name` of `kind` (`kind` may be `hangup`, then no name)."""

    place: str
    kind: str
    name: str
    wants_destination: bool


def key_of(record: Any) -> str:
    return str(getattr(record, KEYS[type(record)]))


def place_of(collection: str, key: str, index: int) -> str:
    """`phones.201`; a record with no usable key is named by its index (`phones[3]`)."""
    if key and key.isprintable() and len(key) <= 40 and "." not in key:
        return f"{collection}.{key}"
    return f"{collection}[{index}]"


def spots(site: Site) -> Iterator[Spot]:
    """Every record of the site, the nested ones right after the one that holds them."""
    for collection in COLLECTIONS:
        for index, record in enumerate(getattr(site, collection)):
            place = place_of(collection, key_of(record), index)
            yield Spot(place, collection, record)
            for field in NESTED.get(type(record), {}):
                for row, child in enumerate(getattr(record, field)):
                    yield Spot(f"{place}.{field}[{row}]", collection, child)


def references(spot: Spot) -> Iterator[Reference]:
    """What one record points at. A text that is no destination gives kind '' and the text."""
    for field, kind in REFERENCES.get(type(spot.record), {}).items():
        for place, text in _texts(f"{spot.place}.{field}", getattr(spot.record, field)):
            if text or not _may_be_empty(type(spot.record), field):
                yield _reference(place, kind, text)


def pointing_at(site: Site, collection: str, key: str) -> tuple[str, ...]:
    """Places that point at a record, so that it may not be deleted."""
    kinds = {KINDS.get(collection)}
    if collection == "phones":
        kinds.add("voicemail")
    return tuple(
        reference.place
        for spot in spots(site)
        for reference in references(spot)
        if reference.kind in kinds and reference.name == key
    )


def _reference(place: str, kind: str, text: str) -> Reference:
    if kind != DESTINATION:
        return Reference(place, kind, text, wants_destination=False)
    try:
        goal = parse_destination(text)
    except InvalidInput:
        return Reference(place, "", text, wants_destination=True)
    return Reference(place, goal.kind, goal.name or HANG_UP, wants_destination=True)


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
        return
    for index, item in enumerate(value):
        text = item if isinstance(item, str) else item[1]  # a journey's (word, destination)
        yield f"{place}[{index}]", text


def _may_be_empty(record_type: type[Any], field: str) -> bool:
    defaults = {each.name: each.default for each in dataclasses.fields(record_type)}
    return defaults[field] == ""
