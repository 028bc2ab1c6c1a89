"""What a call costs: the longest matching prefix, the carrier's steps of seconds, exact money.

Money is whole millionths of the currency's unit, so that sums never drift.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MICRO = 1_000_000
OUTBOUND, INBOUND = "outbound", "inbound"
DIRECTIONS = (OUTBOUND, INBOUND)


@dataclass(frozen=True)
class Rate:
    """`trunk` empty: any. `prefix`: digits as dialed; empty: any number. `minimum_seconds` are
    billed as soon as somebody answers, then steps of `increment_seconds`."""

    prefix: str
    minute_micro: int
    currency: str
    trunk: str = ""
    direction: str = OUTBOUND
    title: str = ""
    connection_micro: int = 0
    minimum_seconds: int = 0
    increment_seconds: int = 1
    valid_from: date = date(2000, 1, 1)


def digits_of(number: str) -> str:
    """`+49 (30) 1` and `0049301` are `49301`; `030 1` is `0301`."""
    if number.isascii() and number.isdigit():  # nearly always
        return number.removeprefix("00")
    digits = "".join(each for each in number if each.isascii() and each.isdigit())
    return digits.removeprefix("00") if not number.strip().startswith("+") else digits


def billed_seconds(rate: Rate, seconds: float) -> int:
    """0 for what was not answered. Carriers count whole seconds, begun ones fully."""
    if seconds <= 0:
        return 0
    whole = math.ceil(round(seconds, 3))
    steps = math.ceil(max(0, whole - rate.minimum_seconds) / rate.increment_seconds)
    return rate.minimum_seconds + steps * rate.increment_seconds


def cost_micro(rate: Rate, seconds: float) -> int:
    """Connection fee and seconds, half a millionth rounded up; 0 for what was not answered."""
    billed = billed_seconds(rate, seconds)
    if billed == 0:
        return 0
    return rate.connection_micro + (rate.minute_micro * billed * 2 + 60) // 120


class RateBook:
    """All rates, ready to be asked for one number after the other."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_prefix: dict[tuple[str, str, str], list[Rate]] = {}
        for rate in rates:
            key = (rate.trunk, rate.direction, rate.prefix)
            self._by_prefix.setdefault(key, []).append(rate)
        for same in self._by_prefix.values():
            same.sort(key=lambda rate: rate.valid_from, reverse=True)
        self._longest = max((len(prefix) for _, _, prefix in self._by_prefix), default=0)

    def rate_for(self, trunk: str, direction: str, number: str, day: date) -> Rate | None:
        """The longest prefix with a price in force on `day`; of equal ones the trunk's own."""
        digits = digits_of(number)
        for length in range(min(len(digits), self._longest), -1, -1):
            for owner in (trunk, ""):
                for rate in self._by_prefix.get((owner, direction, digits[:length]), ()):
                    if rate.valid_from <= day:
                        return rate
        return None
