"""Golden cases of what calls cost, and the table as CSV."""

from __future__ import annotations

from datetime import date

import pytest

from callcenter.db.rate_store import BadRows, as_csv, money, read_csv
from callcenter.domain.errors import InvalidInput
from callcenter.domain.rates import (
    INBOUND,
    Rate,
    RateBook,
    billed_seconds,
    cost_micro,
    digits_of,
)

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("minimum", "increment", "seconds", "billed"),
    [
        (0, 1, 0.0, 0), (60, 60, 0.0, 0), (0, 1, -3.0, 0), (0, 1, 0.2, 1), (0, 1, 61.0, 61),
        (0, 1, 60.0004, 60), (0, 1, 60.002, 61), (60, 60, 1.0, 60), (60, 60, 60.0, 60),
        (60, 60, 61.0, 120), (60, 6, 61.0, 66), (60, 6, 66.0, 66), (30, 6, 12.0, 30),
        (0, 60, 119.9, 120), (60, 1, 3600.5, 3601),
    ],
)  # fmt: skip
def test_seconds_billed(minimum: int, increment: int, seconds: float, billed: int) -> None:
    rate = Rate("", 0, "EUR", minimum_seconds=minimum, increment_seconds=increment)
    assert billed_seconds(rate, seconds) == billed


@pytest.mark.parametrize(
    ("minute", "fee", "increment", "seconds", "micro"),
    [
        (100_000, 0, 60, 61, 200_000),  # two begun minutes at 0.10
        (100_000, 0, 1, 61, 101_667),  # 61 s: 0.1016666… rounded half up
        (100_000, 50_000, 1, 61, 151_667),
        (100_000, 50_000, 1, 0, 0),  # not answered: no fee either
        (9_900, 0, 1, 1, 165),
        (1, 0, 1, 30, 1),  # half a millionth is one
        (1, 0, 1, 29, 0),
        (0, 20_000, 1, 500, 20_000),
    ],
)  # fmt: skip
def test_cost(minute: int, fee: int, increment: int, seconds: float, micro: int) -> None:
    rate = Rate("", minute, "EUR", connection_micro=fee, increment_seconds=increment)
    assert cost_micro(rate, seconds) == micro


def test_the_longest_prefix_in_force_decides_and_of_equal_ones_the_trunks_own() -> None:
    book = RateBook(
        [
            Rate("", 1, "EUR"),
            Rate("49", 2, "EUR"),
            Rate("4915", 3, "EUR"),
            Rate("4915", 4, "EUR", trunk="cheap"),
            Rate("49151", 5, "EUR", valid_from=date(2026, 12, 1)),
            Rate("4989", 6, "EUR", valid_from=date(2026, 1, 1)),
            Rate("4989", 7, "EUR", valid_from=date(2026, 11, 23)),
            Rate("800", 8, "EUR", direction=INBOUND),
        ]
    )

    def price(
        number: str, trunk: str = "dear", direction: str = "outbound", day: date = DAY
    ) -> int:
        rate = book.rate_for(trunk, direction, number, day)
        return rate.minute_micro if rate else 0

    assert price("+49 30 1234") == 2
    assert price("0049301234") == 2
    assert price("4915112345") == 3
    assert price("4915112345", day=date(2026, 12, 1)) == 5
    assert price("4915112345", trunk="cheap") == 4
    assert price("49891", day=date(2026, 11, 22)) == 6
    assert price("49891") == 7
    assert price("1555") == 1
    assert price("800123", direction=INBOUND) == 8
    assert price("900", direction=INBOUND) == 0


def test_digits() -> None:
    assert [digits_of(each) for each in ("+49 (0)1", "00491", "0151", "")] == [
        "4901", "491", "0151", "",
    ]  # fmt: skip


def test_a_table_is_read_and_written_back_the_same() -> None:
    text = (
        "\ufeffPrefix;Price_per_minute;Currency;Title;Trunk;Minimum_seconds;Increment_seconds;"
        "Valid_from\n+49;0.0099;eur;Germany;;60;60;2026-01-01\n;0.5;EUR;World;carrier;;;\n"
    )
    rates = read_csv(text)
    assert rates[0] == Rate("49", 9_900, "EUR", title="Germany", minimum_seconds=60,
                            increment_seconds=60, valid_from=date(2026, 1, 1))  # fmt: skip
    assert rates[1] == Rate("", 500_000, "EUR", trunk="carrier", title="World")
    assert read_csv(as_csv(rates)) == rates
    assert [money(each) for each in (0, 9_900, 1_500_000)] == ["0.00", "0.0099", "1.50"]


def test_every_wrong_line_is_named() -> None:
    text = (
        "prefix,price_per_minute,currency,valid_from,increment_seconds\n"
        "49,0.01,EUR,,\n"
        "49,0.02,EUR,,\n"
        '50,"0,02",EUR,,\n'
        "51,0.02,Euro,,\n"
        "52,-1,EUR,,\n"
        "53,0.00000001,EUR,,\n"
        "54,0.01,EUR,23.11.2026,\n"
        "5x,0.01,EUR,,\n"
        "56,0.01,EUR,,0\n"
        "57,NaN,EUR,,\n"
        "58,0.01,EUR,,1,extra\n"
    )
    with pytest.raises(BadRows) as refused:
        read_csv(text)
    assert [line for line, _ in refused.value.errors] == list(range(3, 13))
    assert "same prefix and day as line 2" in refused.value.errors[0][1]
    for wrong in ("", "prefix,currency\n1,EUR", "prefix,price_per_minute,currency,colour\n",
                  "prefix,price_per_minute,currency\n"):  # fmt: skip
        with pytest.raises(InvalidInput):
            read_csv(wrong)
