"""Top and bottom: rows by a column, the first of them only."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from callcenter.domain.counts import Counts
from callcenter.domain.errors import InvalidInput
from callcenter.reports.ranking import Ranking, ranked, read_ranking
from callcenter.reports.table import REPORTS


@dataclass(frozen=True)
class Row:
    agent: str
    counts: Counts


ROWS = [Row(f"10{n:02}", Counts(talks=talks)) for n, talks in enumerate([3, 0, 9, 5, 1, 7])]
AGENTS = REPORTS["agent"]


def order(sort: str, rows: str = "") -> list[str]:
    return [row.agent for row in ranked(AGENTS, ROWS, read_ranking(sort, rows))]


def test_the_most_and_the_fewest_first() -> None:
    assert order("-talks") == ["1002", "1005", "1003", "1000", "1004", "1001"]
    assert order("talks", "5") == ["1001", "1004", "1000", "1003", "1005"]
    assert order("-agent", "5")[0] == "1005"


def test_what_has_no_value_comes_last_both_ways() -> None:
    assert order("mean_talk")[-1] == order("-mean_talk")[-1] == "1001"  # no talk, no mean


def test_without_a_column_the_reports_own_order_stays() -> None:
    assert order("") == order("no-such-column") == [row.agent for row in ROWS]
    assert order("", "5") == [row.agent for row in ROWS[:5]]


def test_an_address_says_it_and_reads_it() -> None:
    assert read_ranking("-talks", "10") == Ranking("talks", highest_first=True, most=10)
    assert read_ranking("-talks", "10").text == "-talks"
    assert read_ranking("talks", "").text == "talks"
    for wrong in ("-1", "11", "ten", "10 "):
        with pytest.raises(InvalidInput):
            read_ranking("", wrong)
