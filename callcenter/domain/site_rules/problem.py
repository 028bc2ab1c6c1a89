"""One thing wrong with a site, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    place: str  # e.g. menus.main.options[3].destination
    message: str  # what is wrong and what to do

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean support?` or an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
