"""What a select offers: groups of (value, caption)."""

from __future__ import annotations

from typing import Any

from callcenter.domain.destination import HANG_UP
from callcenter.domain.site import Site
from callcenter.domain.site_parts import KINDS, key_of
from callcenter.domain.site_rules.references import known_names
from web.site.ask import Ask

Group = tuple[str, list[tuple[str, str]]]  # caption of the group, its choices

# Collection, caption of its group, the word before each choice: a closed select shows that alone.
_DESTINATION_GROUPS = (
    ("queues", "Queues", "Queue"),
    ("menus", "Menus", "Menu"),
    ("hours", "Opening hours", "Hours"),
    ("messages", "Messages", "Message"),
    ("journeys", "Journeys", "Journey"),
    ("phones", "Phones", "Phone"),
    ("ring_groups", "Ring groups", "Ring group"),
)


def groups(site: Site, ask: Ask, present: str) -> list[Group]:
    """The choices of one select; a value that is gone is offered as such, so it can be seen."""
    if ask.widget == "destination":
        found = destinations(site)
    elif ask.widget == "reference":
        found = [("", [(key_of(each), caption(each)) for each in getattr(site, str(ask.of))])]
    else:
        found = [("", list(ask.of) if isinstance(ask.of, tuple) else [])]
    values = {value for _, choices in found for value, _ in choices}
    if present and present not in values:
        found.insert(0, ("", [(present, f"{present} (not there)")]))
    return found


def destinations(site: Site) -> list[Group]:
    found: list[Group] = []
    for collection, title, word in _DESTINATION_GROUPS:
        choices = [
            (f"{KINDS[collection]}:{key_of(each)}", f"{word}: {caption(each)}")
            for each in getattr(site, collection)
        ]
        if choices:
            found.append((title, choices))
    boxes = known_names(site)["voicemail"]
    if boxes:
        names = {each.number: each.name for each in site.voicemail}
        names |= {each.extension: each.name for each in site.phones}
        found.append(
            ("Mailboxes", [(f"voicemail:{n}", f"Mailbox: {names[n]} · {n}") for n in boxes])
        )
    found.append(("End", [(HANG_UP, "Hang up")]))
    return found


def caption(record: Any) -> str:
    """`Support · support`: what people call it, and its key."""
    key = key_of(record)
    title = str(getattr(record, "title", "") or getattr(record, "name", ""))
    if title.casefold().replace(" ", "-") in ("", key):
        return title or key
    return f"{title} · {key}"
