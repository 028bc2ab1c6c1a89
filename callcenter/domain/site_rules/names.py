"""What must be unique: names in a collection, numbers that can be dialed, digits of a menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from callcenter.domain import site as parts
from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, Spot, key_of, place_of, spots
from callcenter.domain.site_rules.problem import Problem

# Collections whose keys a phone can dial, so they share one numbering plan.
DIALED = ("phones", "ring_groups", "voicemail")


def problems(site: Site) -> Iterator[Problem]:
    yield from _numbering_plan(site)
    for collection in COLLECTIONS:
        if collection not in DIALED:
            yield from _collection(site, collection)
    yield from _agents_with_two_users(site)
    yield from _repeated("pause_reasons", (each.casefold() for each in site.pause_reasons))
    for spot in spots(site):
        for field, items in _INSIDE.get(type(spot.record), {}).items():
            yield from _repeated(f"{spot.place}.{field}", items(spot.record))


def normalised(number: str) -> str:
    """+39021234 and 39021234 are the same number to the carrier."""
    return number.removeprefix("+")


def _numbering_plan(site: Site) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for spot in _dialed(site):
        number = key_of(spot.record)
        if number in taken:
            what = "extension" if spot.collection != "voicemail" else "number"
            yield Problem(f"{spot.place}.{what}", f"{number} is already {taken[number]}")
        taken.setdefault(number, spot.place)


def _dialed(site: Site) -> Iterator[Spot]:
    for collection in DIALED:
        for index, record in enumerate(getattr(site, collection)):
            yield Spot(place_of(collection, key_of(record), index), collection, record)


def _collection(site: Site, collection: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, record in enumerate(getattr(site, collection)):
        key = key_of(record)
        name = normalised(key) if collection == "dids" else key
        if name in seen:
            yield Problem(place_of(collection, key, index), f"{key} is there twice; rename one")
        seen.add(name)


def _agents_with_two_users(site: Site) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for user in site.users:
        if user.agent and user.agent in taken:
            message = f"agent {user.agent} is already user {taken[user.agent]}"
            yield Problem(f"users.{user.username}.agent", message)
        taken.setdefault(user.agent, user.username)


def _repeated(place: str, items: Iterable[Any]) -> Iterator[Problem]:
    seen: set[Any] = set()
    for index, item in enumerate(items):
        if item in seen:
            yield Problem(f"{place}[{index}]", f"{item} is there twice; take one out")
        seen.add(item)


_INSIDE: dict[type[Any], dict[str, Callable[[Any], Iterable[Any]]]] = {
    parts.Agent: {"queues": lambda agent: [each.queue for each in agent.queues]},
    parts.Menu: {"options": lambda menu: [each.digit for each in menu.options]},
    parts.Queue: {
        "dispositions": lambda queue: [each.casefold() for each in queue.dispositions],
        "keys": lambda queue: [each.digit for each in queue.keys],
    },
    parts.Team: {"agents": lambda team: team.agents, "queues": lambda team: team.queues},
    parts.User: {"teams": lambda user: user.teams},
    parts.RingGroup: {"phones": lambda group: group.phones},
    parts.Trunk: {"codecs": lambda trunk: trunk.codecs, "match": lambda trunk: trunk.match},
    parts.Journey: {"results": lambda journey: [word for word, _ in journey.results]},
    parts.Hours: {"holidays": lambda hours: [each.day for each in hours.holidays]},
    parts.OpeningRule: {"weekdays": lambda rule: rule.weekdays},
}
