"""How a field of a record looks in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from callcenter.domain.destination import HANG_UP, KINDS, parse_destination
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Hours, Site
from callcenter.domain.site_parts import KINDS as KIND_OF_COLLECTION
from callcenter.site_file.values import weekdays_text
from web.site.ask import Subject

_COLLECTION = {kind: collection for collection, kind in KIND_OF_COLLECTION.items()}


@dataclass(frozen=True)
class Cell:
    text: str
    link: str = ""
    wide: bool = False


def cell(subject: Subject, site: Site, record: Any, field: str) -> Cell:
    value = getattr(record, field)
    if isinstance(record, Hours) and field == "rules":
        return Cell(_opening(record), wide=True)
    if field == "voicemail_pin":
        return Cell("yes" if value else "–")
    if isinstance(value, bool):
        return Cell("yes" if value else "–")
    if isinstance(value, tuple):
        return Cell(", ".join(_item(each) for each in value) or "–", wide=True)
    if isinstance(value, str):
        return _text_cell(subject, site, field, value)
    return Cell(_number(field, value))


def _text_cell(subject: Subject, site: Site, field: str, value: str) -> Cell:
    kind, colon, _ = value.partition(":")
    if value == HANG_UP or (colon and kind in KINDS):
        return Cell(_destination_caption(value), destination_link(site, value))
    if field in ("text", "title", "name"):
        return Cell(value or "–", wide=field == "text")
    for ask in subject.asks:
        if ask.name == field and ask.widget == "select" and isinstance(ask.of, tuple):
            return Cell(dict(ask.of).get(value, value).partition(" – ")[0])
    return Cell(value or "–")


def destination_link(site: Site, text: str) -> str:
    """The page of the record a destination names; empty for hang up."""
    try:
        goal = parse_destination(text)
    except InvalidInput:
        return ""
    collection = _COLLECTION.get(goal.kind, "")
    if goal.kind == "voicemail" and all(box.number != goal.name for box in site.voicemail):
        collection = "phones"
    if not collection:
        return ""
    return url_for("site.edit", collection=collection, key=goal.name)


def _destination_caption(value: str) -> str:
    kind, _, name = value.partition(":")
    return f"{kind.replace('-', ' ')} {name}" if name else "hang up"


def _opening(hours: Hours) -> str:
    parts = [
        f"{weekdays_text(rule.weekdays)} {rule.opens:%H:%M}–{rule.closes:%H:%M}"
        for rule in hours.rules
    ]
    return "; ".join(parts) or "never"


def _item(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return f"{value[0]} → {value[1]}"
    if hasattr(value, "digit"):
        return f"{value.digit} → {_destination_caption(value.destination)}"
    return f"{value.queue} ({value.penalty})" if value.penalty else str(value.queue)


def _number(field: str, value: int) -> str:
    if field in ("max_wait_seconds", "max_waiting") and value == 0:
        return "no limit"
    return f"{value} s" if field.endswith("_seconds") else str(value)
