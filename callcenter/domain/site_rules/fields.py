"""Each field by itself: one table of checks, and the few checks that take two fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any, get_args

from callcenter.domain import site as parts
from callcenter.domain.pauses import is_work
from callcenter.domain.site import Site
from callcenter.domain.site_parts import Spot, spots
from callcenter.domain.site_rules import patterns as p
from callcenter.domain.site_rules.problem import Problem

MIDNIGHT = time(0, 0)
HOUR_SECONDS = 3600
LONGEST_KEPT_DAYS = 36_500
_KEPT_DAYS = p.between(0, LONGEST_KEPT_DAYS)

CHECKS: dict[type[Any], dict[str, p.Check]] = {
    Site: {
        "name": p.display_name,
        "timezone": p.timezone,
        "language": p.language,
        "agents_see_numbers": p.one_of(*get_args(parts.Numbers)),
        "supervisors_see_numbers": p.one_of(*get_args(parts.Numbers)),
        "keep_recordings_days": _KEPT_DAYS,
        "keep_voicemail_days": _KEPT_DAYS,
        "keep_numbers_days": _KEPT_DAYS,
        "keep_calls_days": _KEPT_DAYS,
        "second_factor": p.one_of(*get_args(parts.SecondFactor)),
    },
    parts.Phone: {
        "extension": p.extension,
        "name": p.display_name,
        "secret": p.optional(p.phone_secret),
        "kind": p.one_of("desk", "browser"),
        "voicemail_pin": p.optional(p.pin),
        "voicemail_email": p.optional(p.email),
        "ring_seconds": p.between(5, 300),
    },
    parts.QueueMembership: {"penalty": p.between(0, 100)},
    parts.Agent: {
        "number": p.agent_number,
        "name": p.display_name,
        "pin": p.optional(p.pin),
    },
    parts.Team: {"name": p.slug, "title": p.display_name},
    parts.User: {
        "username": p.username,
        "name": p.display_name,
        "role": p.one_of(*get_args(parts.Role)),
    },
    parts.Trunk: {
        "name": p.slug,
        "title": p.display_name,
        "host": p.host,
        "port": p.between(1, 65535),
        "username": p.optional(p.sip_username),
        "secret": p.optional(p.trunk_secret),
        "max_calls": p.between(1, 10_000),
        "caller_number": p.optional(p.caller_number),
    },
    parts.OutboundRoute: {
        "name": p.slug,
        "pattern": p.dial_pattern,
        "strip_digits": p.between(0, 20),
        "prepend": p.optional(p.prepend),
    },
    parts.Did: {"number": p.did, "title": p.display_name},
    parts.Hours: {"name": p.slug, "title": p.display_name},
    parts.Holiday: {"name": p.optional_display_name},
    parts.Prompt: {"name": p.slug, "text": p.spoken_text, "language": p.language},
    parts.MenuOption: {"digit": p.digit, "title": p.optional_display_name},
    parts.Menu: {
        "name": p.slug,
        "title": p.display_name,
        "wait_seconds": p.between(1, 60),
        "tries": p.between(1, 10),
    },
    parts.Queue: {
        "name": p.slug,
        "title": p.display_name,
        "strategy": p.one_of(*get_args(parts.Strategy)),
        "ring_seconds": p.between(3, 300),
        "retry_seconds": p.between(1, 60),
        "wrap_up_seconds": p.between(0, HOUR_SECONDS),
        "weight": p.between(0, 100),
        "music": p.slug,
        "max_waiting": p.between(0, 10_000),
        "max_wait_seconds": p.between(0, 24 * HOUR_SECONDS),
        "announce_every_seconds": p.between(0, HOUR_SECONDS),
        "wait_prompt_every_seconds": p.between(5, HOUR_SECONDS),
        "service_level_seconds": p.between(1, HOUR_SECONDS),
        "short_abandon_seconds": p.between(0, HOUR_SECONDS),
    },
    parts.QueueKey: {"digit": p.digit},
    parts.RingGroup: {
        "extension": p.extension,
        "name": p.display_name,
        "strategy": p.one_of("all", "in-order"),
        "ring_seconds": p.between(5, 300),
    },
    parts.Message: {"name": p.slug},
    parts.Voicemail: {
        "number": p.extension,
        "name": p.display_name,
        "pin": p.optional(p.pin),
        "email": p.optional(p.email),
    },
    parts.Journey: {"name": p.slug, "script": p.script, "argument": p.optional(p.slug)},
}


def problems(site: Site) -> Iterator[Problem]:
    yield from _checked("", site)
    yield from _kept_days(site)
    yield from _pause_reasons(site)
    for spot in spots(site):
        yield from _checked(f"{spot.place}.", spot.record)
        yield from _TOGETHER.get(type(spot.record), _nothing)(spot)


def _checked(prefix: str, record: Any) -> Iterator[Problem]:
    for field, check in CHECKS.get(type(record), {}).items():
        message = check(getattr(record, field))
        if message:
            yield Problem(f"{prefix}{field}", message)


def _kept_days(site: Site) -> Iterator[Problem]:
    """What hangs on a call cannot outlive it."""
    days = site.keep_calls_days
    for field in ("keep_recordings_days", "keep_numbers_days"):
        if days and getattr(site, field) > days:
            yield Problem(field, f"calls go after {days} days and take this along; at most {days}")


def _pause_reasons(site: Site) -> Iterator[Problem]:
    for index, reason in enumerate(site.pause_reasons):
        message = p.display_name(reason)
        if message:
            yield Problem(f"pause_reasons[{index}]", message)
    for index, reason in enumerate(site.working_pause_reasons):
        if not is_work(reason, site.pause_reasons):
            yield Problem(
                f"working_pause_reasons[{index}]", f"{reason} is no pause reason of yours"
            )


def _nothing(spot: Spot) -> Iterator[Problem]:
    return iter(())


def _phone(spot: Spot) -> Iterator[Problem]:
    phone: parts.Phone = spot.record
    if phone.voicemail_pin and phone.voicemail_pin == phone.extension:
        yield Problem(f"{spot.place}.voicemail_pin", "must differ from the extension")
    if phone.secret and phone.extension and phone.secret.strip("0") == phone.extension:
        yield Problem(f"{spot.place}.secret", "must differ from the extension")
    if phone.voicemail_email and not phone.voicemail_pin:
        yield Problem(f"{spot.place}.voicemail_email", "give the mailbox a PIN first")


def _agent(spot: Spot) -> Iterator[Problem]:
    if spot.record.pin and spot.record.pin == spot.record.number:
        yield Problem(f"{spot.place}.pin", "must differ from the agent's number")


def _user(spot: Spot) -> Iterator[Problem]:
    user: parts.User = spot.record
    if user.teams and user.role != "supervisor":
        yield Problem(f"{spot.place}.teams", "limit what a supervisor sees; choose that role")


def _team(spot: Spot) -> Iterator[Problem]:
    if not spot.record.agents and not spot.record.queues:
        yield Problem(f"{spot.place}.agents", "a team has an agent or a queue; add one")


def _voicemail(spot: Spot) -> Iterator[Problem]:
    if spot.record.pin and spot.record.pin == spot.record.number:
        yield Problem(f"{spot.place}.pin", "must differ from the mailbox's number")


def _trunk(spot: Spot) -> Iterator[Problem]:
    trunk: parts.Trunk = spot.record
    for index, address in enumerate(trunk.match):
        message = p.network(address)
        if message:
            yield Problem(f"{spot.place}.match[{index}]", message)
    if not trunk.codecs:
        yield Problem(f"{spot.place}.codecs", f"name at least one of {', '.join(p.CODECS)}")
    for index, codec in enumerate(trunk.codecs):
        message = p.one_of(*p.CODECS)(codec)
        if message:
            yield Problem(f"{spot.place}.codecs[{index}]", f"{codec!r} {message}")
    if trunk.register and not trunk.username:
        yield Problem(f"{spot.place}.username", "registering needs a user name")
    if trunk.register and not trunk.secret:
        yield Problem(f"{spot.place}.secret", "registering needs the provider's password")


def _opening_rule(spot: Spot) -> Iterator[Problem]:
    rule: parts.OpeningRule = spot.record
    if not rule.weekdays or not all(0 <= day <= 6 for day in rule.weekdays):
        yield Problem(f"{spot.place}.weekdays", "choose at least one weekday")
    if any(moment.second or moment.microsecond for moment in (rule.opens, rule.closes)):
        yield Problem(f"{spot.place}.opens", "must be a whole minute")
    if rule.closes != MIDNIGHT and rule.closes <= rule.opens:
        yield Problem(
            f"{spot.place}.closes",
            "must be after it opens; past midnight, close at 00:00 and open at 00:00 next day",
        )


def _prompt(spot: Spot) -> Iterator[Problem]:
    if not spot.record.text.strip() and not spot.record.uploaded:
        yield Problem(f"{spot.place}.text", "write what is said, or upload a recording")


def _menu(spot: Spot) -> Iterator[Problem]:
    menu: parts.Menu = spot.record
    if not menu.options and not menu.direct_dial:
        yield Problem(
            f"{spot.place}.options", "a menu needs an option; to play and go on, use a message"
        )


def _queue(spot: Spot) -> Iterator[Problem]:
    queue: parts.Queue = spot.record
    if queue.announce_position and not queue.announce_every_seconds:
        yield Problem(
            f"{spot.place}.announce_every_seconds", "say how often the position is announced"
        )
    for index, disposition in enumerate(queue.dispositions):
        message = p.display_name(disposition)
        if message:
            yield Problem(f"{spot.place}.dispositions[{index}]", message)


def _ring_group(spot: Spot) -> Iterator[Problem]:
    if not spot.record.phones:
        yield Problem(f"{spot.place}.phones", "choose at least one phone")


def _journey(spot: Spot) -> Iterator[Problem]:
    for index, (word, _) in enumerate(spot.record.results):
        message = p.result_word(word)
        if message:
            yield Problem(f"{spot.place}.results[{index}]", message)


def _route(spot: Spot) -> Iterator[Problem]:
    if spot.record.strip_digits > len(spot.record.pattern.rstrip(".")):
        yield Problem(f"{spot.place}.strip_digits", "strips more digits than the pattern has")


_TOGETHER: dict[type[Any], Callable[[Spot], Iterator[Problem]]] = {
    parts.Phone: _phone,
    parts.Agent: _agent,
    parts.Team: _team,
    parts.User: _user,
    parts.Voicemail: _voicemail,
    parts.Trunk: _trunk,
    parts.OutboundRoute: _route,
    parts.OpeningRule: _opening_rule,
    parts.Prompt: _prompt,
    parts.Menu: _menu,
    parts.Queue: _queue,
    parts.RingGroup: _ring_group,
    parts.Journey: _journey,
}
