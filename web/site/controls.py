"""A form as the template draws it: parts of controls, each with its text, choices and error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, KEYS
from web.site.ask import Ask, Subject
from web.site.choices import Group, groups
from web.site.form import Texts, row_numbers


@dataclass(frozen=True)
class Control:
    ask: Ask
    name: str
    text: str = ""
    texts: tuple[str, ...] = ()
    on: bool = False
    error: str = ""
    choices: list[Group] = field(default_factory=list)
    rows: list[list[Control]] = field(default_factory=list)
    blank: list[Control] = field(default_factory=list)  # for the row a script adds
    locked: bool = False
    placeholder: str = ""


@dataclass(frozen=True)
class DrawnPart:
    title: str
    lede: str
    controls: list[Control]
    only_for: tuple[str, tuple[str, ...]] = ("", ())
    folded: bool = False

    @property
    def wrong(self) -> bool:
        rows = (cell for control in self.controls for row in control.rows for cell in row)
        return any(each.error for each in (*self.controls, *rows))


def draw(
    subject: Subject,
    site: Site,
    texts: Texts,
    errors: dict[str, str],
    *,
    is_new: bool,
    extra_rows: str = "",
) -> list[DrawnPart]:
    """`errors` by control name. The key can be chosen for a new record only. One blank row is
    added to the field `extra_rows` and to every empty list of rows."""
    key = subject.key or KEYS[COLLECTIONS[subject.collection]]

    def control(ask: Ask) -> Control:
        if ask.widget != "rows":
            drawn = _control(ask, ask.name, site, texts, errors)
            drawn = replace(drawn, placeholder=_placeholder(subject, ask, is_new))
            if ask.name != key:
                return drawn
            return replace(drawn, locked=not is_new, ask=_key_ask(subject, ask, is_new))
        numbers = row_numbers(texts, ask)
        if not numbers or ask.name == extra_rows:
            numbers = [*numbers, max(numbers, default=-1) + 1]
        return Control(
            ask,
            ask.name,
            error=errors.get(ask.name, ""),
            rows=[_row(ask, str(number), site, texts, errors) for number in numbers],
            blank=_row(ask, "NEW", site, texts, errors),
        )

    return [
        DrawnPart(
            part.title, part.lede, [control(ask) for ask in part.asks], part.only_for, part.folded
        )
        for part in subject.parts
    ]


def _row(ask: Ask, number: str, site: Site, texts: Texts, errors: dict[str, str]) -> list[Control]:
    return [
        _control(column, f"{ask.name}-{number}-{column.name}", site, texts, errors)
        for column in ask.rows
    ]


def _control(ask: Ask, name: str, site: Site, texts: Texts, errors: dict[str, str]) -> Control:
    text = texts.get(name, "")
    pick = ask.widget in ("select", "reference", "destination")
    return Control(
        ask,
        name,
        text=text,
        texts=tuple(texts.getlist(name)),
        on=name in texts or f"{name}-on" in texts,
        error=errors.get(name, ""),
        choices=groups(site, ask, text) if pick else [],
    )


def _key_ask(subject: Subject, ask: Ask, is_new: bool) -> Ask:
    said = (ask.help or subject.asks_key) if is_new else "Other records and the books refer to it."
    return replace(ask, help=said)


def _placeholder(subject: Subject, ask: Ask, is_new: bool) -> str:
    if ask.widget not in ("secret", "pin_box"):
        return ""
    if not is_new:
        return "left as it is"
    return "" if subject.collection == "trunks" else "made for you"
