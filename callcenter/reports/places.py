"""What the places of a caller's way are called: `menu:main` → Main menu, `end:abandoned` → …"""

from __future__ import annotations

from collections.abc import Mapping

from callcenter.domain.site import Site
from callcenter.reports.outcomes import OUTCOMES

KIND_WORDS = {
    "did": "Number", "hours": "Hours", "menu": "Menu", "queue": "Queue", "message": "Message",
    "voicemail": "Voicemail", "journey": "Self-service", "phone": "Phone",
    "ring-group": "Ring group", "further": "Further steps",
}  # fmt: skip
ENDS = {"abandoned": "Hung up waiting", "left": "Hung up in a menu", "failed": "Failed"}


def place_names(site: Site) -> dict[str, str]:
    """`kind:name` → the site's own title."""
    titled = {
        "menu": {each.name: each.title for each in site.menus},
        "queue": {each.name: each.title for each in site.queues},
        "hours": {each.name: each.title for each in site.hours},
        "did": {each.number: each.title or each.number for each in site.dids},
        "phone": {each.extension: each.name for each in site.phones},
        "ring-group": {each.extension: each.name for each in site.ring_groups},
        "voicemail": {each.extension: each.name for each in site.phones}
        | {each.number: each.name for each in site.voicemail},
    }
    return {
        f"{kind}:{name}": title
        for kind, names in titled.items()
        for name, title in names.items()
        if title
    }


def place_words(place: str, names: Mapping[str, str]) -> str:
    kind, _, name = place.partition(":")
    if kind == "end":
        return ENDS.get(name) or OUTCOMES.get(name, (name or "In progress", ""))[0]
    if kind == "hours":
        which, _, said = name.partition(":")
        return f"{names.get(f'hours:{which}', which)}: {said}"
    word = KIND_WORDS.get(kind, kind)
    return f"{word} {names.get(place, name)}".strip()
