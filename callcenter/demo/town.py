"""Numbers that say what happens when they are dialed: the truth about a call is in its number.

`+99 K AAA TTTT NNNNN` (docs/demo.md); the carrier's dialplan reads it (templates/pstn.j2). Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Literal

Kind = Literal["human", "machine", "busy", "no-answer", "failed", "presses-1", "presses-9"]
DIGIT: dict[Kind, str] = {
    "human": "1",
    "machine": "2",
    "busy": "3",
    "no-answer": "4",
    "failed": "5",
    "presses-1": "7",
    "presses-9": "8",
}
KIND = {digit: kind for kind, digit in DIGIT.items()}
SERIALS = 100_000
LATEST_ANSWER_SECONDS = 24.5  # of people in B1, which rings for 25: never both in one moment


@dataclass(frozen=True)
class Townsperson:
    """Who is behind a number. Seconds to a tenth; at most 99.9 and 999.9."""

    kind: Kind
    answers_after_seconds: float
    talk_seconds: float
    serial: int

    @property
    def number(self) -> str:
        after = min(999, round(self.answers_after_seconds * 10))
        talk = min(9999, round(self.talk_seconds * 10))
        return f"+99{DIGIT[self.kind]}{after:03d}{talk:04d}{self.serial % SERIALS:05d}"


def townsperson(number: str) -> Townsperson:
    """The truth about a number that this file made. Raises LookupError for any other."""
    digits = number.removeprefix("+")
    if len(digits) != 15 or not digits.startswith("99") or digits[2] not in KIND:
        raise LookupError(f"{number} is nobody of the demo's town")
    return Townsperson(
        KIND[digits[2]], int(digits[3:6]) / 10, int(digits[6:10]) / 10, int(digits[10:])
    )


def draw_b1(random: Random, serial: int) -> Townsperson:
    """One dial of benchmark B1 (docs/simulation.md has its scenario)."""
    talk = min(900.0, max(2.0, _lognormal(random, 120, 1.0)))
    draw = random.random()
    if draw < 0.25:
        after = min(LATEST_ANSWER_SECONDS, 1.5 + _lognormal(random, 8.5, 0.6))
        return Townsperson("human", after, talk, serial)
    if draw < 0.55:
        return Townsperson("machine", min(60.0, 6 + _lognormal(random, 12, 0.4)), talk, serial)
    if draw < 0.63:
        return Townsperson("busy", 4.0, talk, serial)
    return Townsperson("no-answer", 0.0, talk, serial)


def _lognormal(random: Random, mean: float, cv: float) -> float:
    variance = math.log(1 + cv * cv)
    return random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
