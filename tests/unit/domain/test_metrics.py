"""The golden figures of docs/metrics.md, and docs/metrics.md held to the table."""

from __future__ import annotations

from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.counts import EXITS, Counts, total
from callcenter.domain.metrics import METRICS, document
from callcenter.domain.periods import (
    day_start,
    local_day,
    next_start,
    offset_stretches,
    period_start,
    period_starts,
)
from callcenter.settings import CHECKOUT

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = 1792879200.0  # 2026-10-25 00:00 in Berlin, a day of 25 hours
SPRING = 1774738800.0  # 2026-03-29 00:00 in Berlin, a day of 23 hours


def of(name: str, counts: Counts) -> float | None:
    return METRICS[name].of(counts)


def test_abandonment_rate_of_the_reference() -> None:
    counts = Counts(answered=70, abandoned=30, short_abandoned=25)
    assert counts.offered == 100
    assert of("abandonment_rate", counts) == pytest.approx(0.0667, abs=0.00005)


def test_ways_out_other_than_an_answer_count_against_the_queue() -> None:
    counts = Counts(answered=8, abandoned=1, timeout=1)
    assert of("abandonment_rate", counts) == pytest.approx(0.2)


def test_service_level_leaves_short_abandons_out() -> None:
    counts = Counts(answered=90, abandoned=10, short_abandoned=5, answered_within=76)
    assert of("service_level", counts) == pytest.approx(76 / 95)


def test_handling_occupancy_and_answer() -> None:
    counts = Counts(
        answered=4, wait_seconds=60, talk_seconds=800, hold_seconds=100, wrap_up_seconds=100,
        signed_in_seconds=3600, paused_seconds=1600,
    )  # fmt: skip
    assert of("aht", counts) == 250
    assert of("asa", counts) == 15
    assert of("occupancy", counts) == 0.5


@pytest.mark.parametrize("name", [name for name, each in METRICS.items() if each.unit == "share"])
def test_a_ratio_of_nothing_is_a_dash(name: str) -> None:
    assert of(name, Counts()) is None


def test_offered_is_the_sum_of_every_way_out() -> None:
    assert Counts(**dict.fromkeys(EXITS, 1)).offered == len(EXITS)


def test_slices_are_added_up_and_the_longest_stays_the_longest() -> None:
    one = Counts(**{field.name: 3 for field in fields(Counts)})
    assert one + Counts(answered=1, longest_wait_seconds=2) == total(
        [one, Counts(longest_wait_seconds=2), Counts(answered=1)]
    )
    assert (one + Counts(longest_wait_seconds=9)).longest_wait_seconds == 9


def test_the_document_is_the_table() -> None:
    """Mend with `python -m callcenter.domain.metrics > docs/metrics.md`."""
    assert (CHECKOUT / "docs/metrics.md").read_text(encoding="utf-8") == document()


def test_days_of_twenty_five_and_twenty_three_hours() -> None:
    assert next_start(AUTUMN, "day", BERLIN) - AUTUMN == 25 * 3600
    assert next_start(SPRING, "day", BERLIN) - SPRING == 23 * 3600
    hours = list(period_starts(AUTUMN, next_start(AUTUMN, "day", BERLIN), "hour", BERLIN))
    assert len(hours) == len(set(hours)) == 25
    assert period_start(AUTUMN + 3.5 * 3600, "hour", BERLIN) == AUTUMN + 3 * 3600


@pytest.mark.parametrize("by", ["15min", "hour", "day", "week", "month", "year"])
def test_periods_meet_end_to_start_over_a_change_of_clocks(by: str) -> None:
    starts = list(period_starts(SPRING - 90_000, SPRING + 200_000, by, BERLIN))
    for start in starts:
        assert period_start(start, by, BERLIN) == start
        after = next_start(start, by, BERLIN)
        assert period_start(after - 1, by, BERLIN) == start
        assert period_start(after, by, BERLIN) == after


def test_stretches_end_where_the_clocks_change() -> None:
    found = list(offset_stretches(SPRING - 86_400, AUTUMN + 86_400, BERLIN))
    assert [offset for _, _, offset in found] == [3600, 7200, 3600]
    assert found[0][1] == SPRING + 2 * 3600
    assert found[1][1] == AUTUMN + 3 * 3600
    assert local_day(AUTUMN, BERLIN).isoformat() == "2026-10-25"
    assert day_start(local_day(AUTUMN + 3600, BERLIN), BERLIN) == AUTUMN
