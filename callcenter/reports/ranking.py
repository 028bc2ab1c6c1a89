"""Rows by one of their columns, and the first of them only: the top ten, the bottom ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.domain.errors import InvalidInput
from callcenter.domain.metrics import Metric
from callcenter.reports.table import Label, Report, value_of

MOST = (5, 10, 25, 100)


@dataclass(frozen=True)
class Ranking:
    """`column` empty: the report's own order. `most` 0: every row."""

    column: str = ""
    highest_first: bool = True
    most: int = 0

    @property
    def text(self) -> str:
        """As in an address: `-talk` is most talk first."""
        return f"{'-' if self.highest_first else ''}{self.column}" if self.column else ""


def read_ranking(sort: str, rows: str) -> Ranking:
    """`sort`: a column's name, with `-` before it for the highest first. Raises InvalidInput."""
    if rows not in ("", *map(str, MOST)):
        raise InvalidInput(f"show all rows, or the first {', '.join(map(str, MOST))}")
    return Ranking(sort.removeprefix("-"), sort.startswith("-"), int(rows or 0))


def ranked(report: Report, rows: Sequence[Any], ranking: Ranking) -> list[Any]:
    """What has no value comes last, either way. A column this report lacks changes no order:
    the address of another report was carried on."""
    column = ranked_column(report, ranking)
    found = list(rows) if column is None else _by(column, rows, ranking.highest_first)
    return found[: ranking.most] if ranking.most else found


def ranked_column(report: Report, ranking: Ranking) -> Label | Metric | None:
    return next((each for each in report.columns if each.name == ranking.column), None)


def _by(column: Label | Metric, rows: Sequence[Any], highest_first: bool) -> list[Any]:
    values = [(value_of(column, row), row) for row in rows]
    known = [pair for pair in values if pair[0] is not None]
    known.sort(key=lambda pair: (isinstance(pair[0], str), pair[0]), reverse=highest_first)
    return [row for _, row in known] + [row for value, row in values if value is None]
