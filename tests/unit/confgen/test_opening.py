from __future__ import annotations

from datetime import time

import pytest

from callcenter.domain.site import Hours, OpeningRule
from callcenter.pbx.confgen.opening import spans


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (time(9), time(18), [("09:00-17:59", "mon")]),
        (time(9), time(0), [("09:00-23:59", "mon")]),
        (time(0), time(0), [("00:00-23:59", "mon")]),
        (time(22), time(6), [("22:00-23:59", "mon"), ("00:00-05:59", "tue")]),
    ],
)
def test_a_rule_covers_each_minute_it_is_open(
    opens: time, closes: time, expected: list[tuple[str, str]]
) -> None:
    hours = Hours("office", "Office", "hangup", "hangup", (OpeningRule((0,), opens, closes),))
    assert spans(hours) == expected


def test_sunday_night_runs_into_monday() -> None:
    rule = OpeningRule((6,), time(22), time(2))
    assert spans(Hours("o", "O", "hangup", "hangup", (rule,))) == [
        ("22:00-23:59", "sun"),
        ("00:00-01:59", "mon"),
    ]
