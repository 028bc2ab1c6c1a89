"""The picture of callers' ways: nothing overlaps, every band fits its blocks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.counts import Counts
from callcenter.reports.ivr_path import FlowRow
from callcenter.reports.sankey import BLOCK, sankey

ENDS = ("end:answered", "end:abandoned")


def flow(step: int, place: str, then: str, calls: int) -> FlowRow:
    return FlowRow(step, place, then, 0.5, Counts(calls=calls))


def drawn(rows: list[FlowRow]):  # type: ignore[no-untyped-def]
    return sankey("Ways", rows, str, lambda row: f"/calls/?step={row.step}&then={row.then}")


def test_a_small_way() -> None:
    chart = drawn(
        [
            flow(1, "did:1", "menu:main", 90),
            flow(1, "did:1", "end:abandoned", 10),
            flow(2, "menu:main", "queue:support", 90),
            flow(3, "queue:support", "end:answered", 60),
            flow(3, "queue:support", "end:abandoned", 30),
        ]
    )
    assert len(chart.boxes) == 6  # hanging up at once and after waiting are two places
    assert len(chart.bands) == 5
    by_title = {band.title: band for band in chart.bands}
    waited = by_title["queue:support → end:answered: 60 (50%)"]
    assert waited.href == "/calls/?step=3&then=end:answered"
    assert waited.height == 2 * by_title["queue:support → end:abandoned: 30 (50%)"].height
    assert {box.tone for box in chart.boxes if "abandoned" in box.title} == {"bad"}


def test_nothing_and_what_nobody_could_see() -> None:
    assert drawn([]) is None
    rows = [flow(1, "did:1", "end:answered", 10_000), flow(1, "did:1", "menu:main", 1),
            flow(2, "menu:main", "end:answered", 1)]  # fmt: skip
    assert len(drawn(rows).bands) == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 5), st.integers(0, 6),
                          st.integers(1, 500)), min_size=1, max_size=60))  # fmt: skip
def test_blocks_of_a_column_never_overlap(ways: list[tuple[int, int, int, int]]) -> None:
    flows = {(step, f"menu:{here}", f"menu:{there}" if there < 6 else "end:left"): calls
             for step, here, there, calls in ways}  # fmt: skip
    chart = drawn([flow(*key, calls) for key, calls in flows.items()])
    if chart is None:
        return
    columns: dict[float, list[tuple[float, float]]] = {}
    for box in chart.boxes:
        columns.setdefault(box.x, []).append((box.y, box.y + box.height))
        assert 0 <= box.y <= box.y + box.height <= chart.height
        assert 0 <= box.x <= box.x + BLOCK <= chart.width
    for spans in columns.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans)))
