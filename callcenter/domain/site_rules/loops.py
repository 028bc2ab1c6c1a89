"""Places a caller goes round in for ever.

The site is a graph of steps. A step *lets go* when the call ends, waits for people in a queue, or
records a message there, or when it leads on to a step that lets go. Two questions are asked:

- can any caller leave (some way out of the step lets go)?
- does a caller who presses nothing leave (every way a call can take by itself lets go)?

A step that only hangs in a circle answers no, and is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from callcenter.domain.site import Site
from callcenter.domain.site_rules.problem import Problem


@dataclass(frozen=True)
class Step:
    place: str
    ways: tuple[str, ...]  # every way on, by key, silence or time
    alone: tuple[str, ...]  # the ways a call takes when nobody does anything


TRAPPED = "no caller can leave from here; lead one way on to a queue, a mailbox or hangup"
SILENT = "a caller who does nothing goes round for ever; let it end in a queue, mailbox or hangup"


def problems(site: Site) -> Iterator[Problem]:
    steps = dict(_steps(site))
    leavable = _letting_go(steps, lambda step: step.ways, any)
    ended = _letting_go(steps, lambda step: step.alone, all)
    for name, step in steps.items():
        if name not in leavable:
            yield Problem(step.place, TRAPPED)
        elif name not in ended:
            yield Problem(step.place, SILENT)


def _letting_go(
    steps: dict[str, Step],
    ways_of: Callable[[Step], tuple[str, ...]],
    quantifier: Callable[[Iterable[bool]], bool],
) -> set[str]:
    """The least set of steps that let go. What is no step here (queue, hangup) lets go."""
    found: set[str] = set()
    grew = True
    while grew:
        new = {
            name
            for name, step in steps.items()
            if name not in found
            and quantifier(way in found or way not in steps for way in ways_of(step))
        }
        found |= new
        grew = bool(new)
    return found


def _steps(site: Site) -> Iterator[tuple[str, Step]]:
    for menu in site.menus:
        pressed = tuple(option.destination for option in menu.options)
        ways = (*pressed, menu.on_timeout, menu.on_invalid)
        step = Step(f"menus.{menu.name}.on_timeout", ways, (menu.on_timeout,))
        yield f"menu:{menu.name}", step
    for hours in site.hours:
        turns = (hours.open, hours.closed, hours.holiday or hours.closed)
        yield f"hours:{hours.name}", Step(f"hours.{hours.name}", turns, turns)
    for message in site.messages:
        way = (message.then,)
        yield f"message:{message.name}", Step(f"messages.{message.name}.then", way, way)
    for journey in site.journeys:
        ways = (journey.then, *(goal for _, goal in journey.results))
        yield f"journey:{journey.name}", Step(f"journeys.{journey.name}.then", ways, ways[:1])
    for phone in site.phones:
        way = (phone.no_answer or "hangup",)
        yield f"phone:{phone.extension}", Step(f"phones.{phone.extension}.no_answer", way, way)
    for group in site.ring_groups:
        way = (group.no_answer,)
        place = f"ring_groups.{group.extension}.no_answer"
        yield f"ring-group:{group.extension}", Step(place, way, way)
