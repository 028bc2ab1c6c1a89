"""Opening hours by the wall clock, over midnight and both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.opening_hours import destination_at, next_change, state_at
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
    change = next_change(night, rome(2026, 11, 21, 22, 30), ROME)
    assert change == (rome(2026, 11, 22, 6), "closed")


def test_always_open_never_changes() -> None:
    assert (
        next_change(hours(OpeningRule(ALL_DAYS, time(0), time(0))), rome(2026, 1, 1), ROME) is None
    )


def test_a_holiday_comes_before_the_week_and_may_come_every_year() -> None:
    site = hours(
        OpeningRule(ALL_DAYS, time(9), time(17)),
        holidays=(Holiday(date(2020, 12, 25), "Christmas", every_year=True),
                  Holiday(date(2026, 12, 28), "Stocktaking")),
    )  # fmt: skip
    assert state_at(site, rome(2026, 12, 25, 12), ROME) == "holiday"
    assert destination_at(site, rome(2026, 12, 25, 12), ROME) == "message:b"
    assert state_at(site, rome(2026, 12, 28, 12), ROME) == "holiday"
    assert state_at(site, rome(2027, 12, 28, 12), ROME) == "open"
    assert next_change(site, rome(2026, 12, 25, 12), ROME) == (rome(2026, 12, 26), "closed")


def test_opening_in_the_hour_that_is_skipped_opens_after_it() -> None:
    # 29 March 2026: 02:00 → 03:00 in Rome.
    early = hours(OpeningRule((6,), time(2, 30), time(5)))
    change = next_change(early, rome(2026, 3, 29, 1), ROME)
    assert change is not None
    assert change[0] == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 in Rome
    assert change[1] == "open"


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    # 25 October 2026: 03:00 → 02:00 in Rome.
    site = hours(OpeningRule((6,), time(2), time(2, 30)))
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    assert state_at(site, first, ROME) == "open"
    assert state_at(site, first + timedelta(hours=1), ROME) == "open"
    assert next_change(site, first, ROME) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "closed")
    assert next_change(site, datetime(2026, 10, 25, 0, 40, tzinfo=UTC), ROME) == (
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
        "open",
    )


clock = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
rules = st.builds(
    OpeningRule,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    opens=clock,
    closes=clock,
).filter(lambda rule: rule.closes == time(0) or rule.closes > rule.opens)
zones = st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(rules, max_size=3),
    zones,
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)),  # noqa: DTZ001 - made aware below
)
def test_the_state_is_constant_until_the_next_change(
    given_rules: list[OpeningRule], zone_name: str, naive: datetime
) -> None:
    zone, now = ZoneInfo(zone_name), naive.replace(tzinfo=UTC)
    site = hours(*given_rules)
    state, change = state_at(site, now, zone), next_change(site, now, zone)
    end = change[0] if change else now + timedelta(days=8)
    probes = [now + (end - now) * step / 97 for step in range(97)]
    assert {state_at(site, probe, zone) for probe in probes} == {state}
    if change:
        assert state_at(site, end, zone) == change[1] != state
