"""Lines stay inside their picture, and marks are round numbers."""

from __future__ import annotations

import pytest

from callcenter.simulation.curves import Curves, Series, curves, over_time


def inside(drawn: Curves) -> bool:
    points = [
        tuple(map(float, point.split(","))) for line in drawn.lines for point in line.path.split()
    ]
    return all(drawn.left <= x <= drawn.right and drawn.top <= y <= drawn.bottom for x, y in points)


@pytest.mark.parametrize(
    "shares", [(0.65, 0.66), (0.0, 0.0), (0.0, 1.0), (0.8, 0.8), (0.001, 0.002), (0.3, 0.95)]
)
def test_shares_of_any_size_fit(shares: tuple[float, float]) -> None:
    for sizes in ((5, 10), (7, 7), (1, 200)):
        series = [Series("ours", list(zip(sizes, shares, strict=True)), "good")]
        for from_zero in (False, True):
            drawn = curves("x", series, from_zero=from_zero, level=(0.03, "limit"))
            assert drawn is not None
            assert inside(drawn)
            assert 2 <= len(drawn.y_marks) <= 8


def test_counts_over_time_fit_and_nothing_is_nothing() -> None:
    drawn = over_time("x", [Series("lines", [(0, 0), (60, 113)], "info")], 0, 60, [(30, "09:00")])
    assert drawn is not None
    assert inside(drawn)
    assert drawn.y_marks[-1].text == "150"
    assert (drawn.lines[0].last, drawn.lines[0].said) == ("113", "lines 113, between 0 and 113")
    assert over_time("x", [Series("lines", [], "info")], 0, 60, []) is None
    assert curves("x", []) is None
