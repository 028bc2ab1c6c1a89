"""What points at something that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from callcenter.domain.destination import HANG_UP
from callcenter.domain.destination import KINDS as DESTINATION_KINDS
from callcenter.domain.site import Site
from callcenter.domain.site_parts import KINDS, Reference, key_of, references, spots
from callcenter.domain.site_rules.problem import Problem, did_you_mean

Known = dict[str, tuple[str, ...]]


def problems(site: Site) -> Iterator[Problem]:
    known = known_names(site)
    for spot in spots(site):
        for reference in references(spot):
            message = _message(reference, known)
            if message:
                yield Problem(reference.place, message)


def known_names(site: Site) -> Known:
    """Kind → names that can be pointed at. A phone with a mailbox is also a `voicemail`."""
    known = {
        kind: tuple(key_of(record) for record in getattr(site, collection))
        for collection, kind in KINDS.items()
    }
    boxes = tuple(phone.extension for phone in site.phones if phone.voicemail_pin)
    return known | {"voicemail": known["voicemail"] + boxes}


def destinations(site: Site) -> dict[str, tuple[str, ...]]:
    """Every destination of the site as kind → `kind:name`, for pickers."""
    known = known_names(site)
    return {kind: tuple(f"{kind}:{name}" for name in known[kind]) for kind in DESTINATION_KINDS}


def _message(reference: Reference, known: Known) -> str | None:
    if reference.kind == HANG_UP or reference.name in known.get(reference.kind, ()):
        return None
    if not reference.name:
        return (
            "choose where it leads" if reference.wants_destination else f"choose a {reference.kind}"
        )
    if reference.wants_destination:
        return _no_destination(reference, known)
    hint = did_you_mean(reference.name, known[reference.kind])
    return f"there is no {reference.kind} {reference.name}{hint}"


def _no_destination(reference: Reference, known: Known) -> str:
    every = [f"{kind}:{name}" for kind in DESTINATION_KINDS for name in known[kind]]
    if not reference.kind:
        kinds = ", ".join(f"{kind}:…" for kind in DESTINATION_KINDS)
        hint = did_you_mean(reference.name, [*every, HANG_UP])
        return f"{reference.name!r} is not a destination ({kinds} or hangup){hint}"
    goal = f"{reference.kind}:{reference.name}"
    if reference.kind == "voicemail" and reference.name in known["phone"]:
        return f"phone {reference.name} has no mailbox; give it a voicemail PIN"
    return f"there is no {goal}{did_you_mean(goal, every)}"
