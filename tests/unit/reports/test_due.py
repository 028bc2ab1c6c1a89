"""When a schedule is due: on the site's calendar, also where its clocks change."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.errors import InvalidInput
from callcenter.reports.due import RHYTHMS, Rhythm, newest_due, next_due

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("rhythm", "after", "due"),
    [
        (Rhythm("daily", 420), "2026-11-23T06:59", "2026-11-23T07:00"),
        (Rhythm("daily", 420), "2026-11-23T07:00", "2026-11-24T07:00"),
        (Rhythm("daily", 420), "2026-10-24T08:00", "2026-10-25T07:00"),  # a day of 25 hours
        (Rhythm("daily", 420), "2026-03-28T08:00", "2026-03-29T07:00"),  # and one of 23
        (Rhythm("daily", 150), "2026-03-28T08:00", "2026-03-29T03:30"),  # 02:30 is skipped
        (Rhythm("weekdays", 420), "2026-11-27T08:00", "2026-11-30T07:00"),
        (Rhythm("weekly", 420, weekday=0), "2026-11-23T08:00", "2026-11-30T07:00"),
        (Rhythm("monthly", 0, month_day=31), "2026-02-01T00:00", "2026-02-28T00:00"),
        (Rhythm("monthly", 0, month_day=31), "2026-11-30T00:00", "2026-12-31T00:00"),
        (Rhythm("monthly", 0, month_day=1), "2026-12-31T23:00", "2027-01-01T00:00"),
    ],
)  # fmt: skip
def test_next(rhythm: Rhythm, after: str, due: str) -> None:
    assert next_due(rhythm, at(after), BERLIN) == at(due)


def test_the_hour_that_comes_twice_is_due_once() -> None:
    rhythm = Rhythm("daily", 150)  # 02:30
    first = next_due(rhythm, at("2026-10-24T12:00"), BERLIN)
    assert next_due(rhythm, first, BERLIN) == at("2026-10-26T02:30")


def test_what_was_missed_is_one_report() -> None:
    rhythm, first = Rhythm("daily", 420), at("2026-11-20T07:00")
    assert newest_due(rhythm, first, at("2026-11-23T06:00"), BERLIN) == at("2026-11-22T07:00")
    assert newest_due(rhythm, first, first, BERLIN) == first


@settings(max_examples=40, deadline=None)
@given(
    st.builds(Rhythm, st.sampled_from(list(RHYTHMS)), st.integers(0, 1439), st.integers(0, 6),
              st.integers(1, 31)),
    st.floats(1.6e9, 2.2e9),
)  # fmt: skip
def test_due_times_rise_and_each_is_its_own_newest(rhythm: Rhythm, after: float) -> None:
    times = [next_due(rhythm, after, BERLIN)]
    for _ in range(3):
        times.append(next_due(rhythm, times[-1], BERLIN))
    assert all(0 < later - one <= 32 * 86_400 for one, later in pairwise(times))
    assert newest_due(rhythm, times[0], times[2] + 1, BERLIN) == times[2]


def test_odd_rhythms_are_refused() -> None:
    for odd in (("hourly", 0, 0, 1), ("daily", 1440, 0, 1), ("weekly", 0, 7, 1),
                ("monthly", 0, 0, 32)):  # fmt: skip
        with pytest.raises(InvalidInput):
            Rhythm(*odd)
