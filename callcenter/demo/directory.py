"""The people who call: a fake directory, the same on every machine.

Numbers are in the 555-01XX ranges reserved for fiction, so nobody real is ever shown.
"""

from __future__ import annotations

from dataclasses import dataclass

_FIRST_NAMES = (
    "Olivia", "Noah", "Priya", "Mateo", "Zoë", "Kwame", "Ingrid", "Yusuf", "Chloé", "Tomás",
    "Mei", "Liam", "Fatima", "Jürgen", "Sofía", "Arjun", "Hannah", "Diego", "Aoife", "Kenji",
)  # fmt: skip
_LAST_NAMES = (
    "Andersen", "Baker", "Castillo", "Dubois", "Evans", "Fischer", "García", "Hughes", "Ivanova",
    "Johnson", "Kaya", "Larsen", "Müller", "Nguyen", "O'Brien", "Patel", "Quinn", "Rossi",
    "Silva", "Tanaka",
)  # fmt: skip
_AREA_CODES = ("202", "206", "212", "305", "312", "415", "503", "617", "702", "808")
_LANGUAGES = ("en", "en", "en", "en", "es", "en", "en", "de", "en", "fr")


@dataclass(frozen=True)
class Person:
    number: str  # digits only, as the carrier sends it
    name: str
    language: str
    vip: bool
    order: str  # the number of their latest order, spoken by the order-status journey


def people(count: int = 400) -> tuple[Person, ...]:
    """The first `count` (at most 400) people of the directory; names and numbers are unique."""
    return tuple(_person(index) for index in range(min(count, _SIZE)))


_SIZE = len(_FIRST_NAMES) * len(_LAST_NAMES)


def _person(index: int) -> Person:
    # Walking both lists with different steps gives every pair once in a mixed order.
    first = _FIRST_NAMES[index % len(_FIRST_NAMES)]
    last = _LAST_NAMES[(index + index // len(_FIRST_NAMES)) % len(_LAST_NAMES)]
    area = _AREA_CODES[index % len(_AREA_CODES)]
    return Person(
        number=f"1{area}55501{index // len(_AREA_CODES):02d}",
        name=f"{first} {last}",
        language=_LANGUAGES[index % len(_LANGUAGES)],
        vip=index % 17 == 0,
        order=f"{10000 + index * 7}",
    )
