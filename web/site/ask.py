"""What one question of a form is: a value type that `subjects` is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Widget = Literal[
    "text", "number", "check", "select", "destination", "reference", "prose", "words", "secret",
    "pin_box", "rows", "weekdays", "time", "date", "decimal", "delay", "percent",
]  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """`name` is the dataclass field. `of` is the kind a reference points at, or the choices."""

    name: str
    label: str
    widget: Widget = "text"
    help: str = ""
    unit: str = ""
    of: str | tuple[tuple[str, str], ...] = ""
    optional: str = ""  # what an empty choice is called; empty text: one must be chosen
    rows: tuple[Ask, ...] = ()  # for widget rows
    add: str = ""  # caption of the button that adds a row


@dataclass(frozen=True)
class Part:
    title: str
    asks: tuple[Ask, ...]
    lede: str = ""
    # Control and the choices of it that this part is about; a script hides it for the others.
    only_for: tuple[str, tuple[str, ...]] = ("", ())
    folded: bool = False  # for who knows what it is: opened by a click


@dataclass(frozen=True)
class Subject:
    """One kind of record. `columns` are the fields the list shows."""

    collection: str
    title: str  # "Phones"
    one: str  # "phone"
    section: str
    icon: str
    lede: str  # what these are for, shown over the list and in the empty state
    columns: tuple[tuple[str, str], ...]  # (field, heading)
    parts: tuple[Part, ...]
    asks_key: str = "A name, as in addresses: small letters, digits and hyphens."
    key: str = ""  # the field that names a record; empty: that of the site's collection

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for part in self.parts for ask in part.asks)
