"""Opening hours by the wall clock, over midnight and both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.opening_hours import state_at
from callcenter.domain.site import Holiday, Hours, OpeningRule

ROME = ZoneInfo("Europe/Rome")
ALL_DAYS = tuple(range(7))


def hours(*rules: OpeningRule, holidays: tuple[Holiday, ...] = ()) -> Hours:
    return Hours("h", "H", "queue:a", "message:b", rules=rules, holidays=holidays)


def rome(*when: int) -> datetime:
    return datetime(*when, tzinfo=ROME)  # type: ignore[misc]


OFFICE = hours(OpeningRule((0, 1, 2, 3, 4), time(9), time(17)))


def test_opens_at_the_first_second_and_closes_at_the_last() -> None:
    assert state_at(OFFICE, rome(2026, 11, 23, 8, 59, 59), ROME) == "closed"
    assert state_at(OFFICE, rome(2026, 11, 23, 9), ROME) == "open"
    assert state_at(OFFICE, rome(2026, 11, 23, 16, 59, 59), ROME) == "open"
    assert state_at(OFFICE, rome(2026, 11, 23, 17), ROME) == "closed"
    assert state_at(OFFICE, rome(2026, 11, 22, 12), ROME) == "closed"  # Sunday


def test_the_instant_counts_not_the_zone_it_is_written_in() -> None:
    assert state_at(OFFICE, datetime(2026, 11, 23, 8, 30, tzinfo=UTC), ROME) == "open"


def test_midnight_closes_the_day_and_opens_the_next() -> None:
    night = hours(OpeningRule((5,), time(22), time(0)), OpeningRule((6,), time(0), time(6)))
    assert state_at(night, rome(2026, 11, 21, 23, 59, 59), ROME) == "open"
    assert state_at(night, rome(2026, 11, 22, 0), ROME) == "open"
    assert state_at(night, rome(2026, 11, 22, 6), ROME) == "closed"


def test_from_midnight_to_midnight_is_the_whole_day() -> None:
    always = hours(OpeningRule(ALL_DAYS, time(0), time(0)))
    assert state_at(always, rome(2026, 1, 1), ROME) == "open"
    assert state_at(always, rome(2026, 1, 1, 23, 59, 59), ROME) == "open"


def test_a_holiday_comes_before_the_week_and_may_come_every_year() -> None:
    site = hours(
        OpeningRule(ALL_DAYS, time(9), time(17)),
        holidays=(Holiday(date(2020, 12, 25), "Christmas", every_year=True),
                  Holiday(date(2026, 12, 28), "Stocktaking")),
    )  # fmt: skip
    assert state_at(site, rome(2026, 12, 25, 12), ROME) == "holiday"
    assert state_at(site, rome(2026, 12, 28, 12), ROME) == "holiday"
    assert state_at(site, rome(2027, 12, 28, 12), ROME) == "open"


def test_opening_in_the_hour_that_is_skipped_opens_after_it() -> None:
    # 29 March 2026: 02:00 → 03:00 in Rome.
    early = hours(OpeningRule((6,), time(2, 30), time(5)))
    three = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 in Rome
    assert state_at(early, three - timedelta(seconds=1), ROME) == "closed"
    assert state_at(early, three, ROME) == "open"


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    # 25 October 2026: 03:00 → 02:00 in Rome.
    site = hours(OpeningRule((6,), time(2), time(2, 30)))
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    assert state_at(site, first, ROME) == "open"
    assert state_at(site, first + timedelta(hours=1), ROME) == "open"
    between = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    assert state_at(site, between, ROME) == "closed"
    assert state_at(site, between + timedelta(hours=1), ROME) == "closed"
