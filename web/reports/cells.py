"""A report's rows as the page's table: each cell a text and the address of what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from callcenter.domain.counts import Counts
from callcenter.domain.metrics import Metric
from callcenter.reports.question import Question
from callcenter.reports.shown import Shown
from callcenter.reports.table import CALL, STATE, Label, Report
from web.reports.links import behind

# These open to the agent's day.
OF_THE_DAY = ("signed_in", "ready", "ringing", "busy", "wrap_up", "paused", "working_pauses",
              "occupancy")  # fmt: skip
NOTHING_BEHIND = ("–", "0", "0.0 %")
Cell = tuple[str, str | None]


@dataclass(frozen=True)
class Total:
    """The last line of the table, as a row."""

    counts: Counts


@dataclass(frozen=True)
class Cells:
    report: Report
    columns: Sequence[Label | Metric]
    question: Question
    shown: Shown

    def line(self, row: Any) -> list[Cell]:
        return [self.cell(each, row) for each in self.columns]

    def total_line(self, total: Counts | None) -> list[Cell] | None:
        if total is None:
            return None
        cells: list[Cell] = [
            self.cell(each, Total(total)) if isinstance(each, Metric) else ("", None)
            for each in self.columns
        ]
        return cells if cells[0][1] else [("All", None), *cells[1:]]

    def cell(self, column: Label | Metric, row: Any) -> Cell:
        text = self.shown.cell(column, row)
        if column.unit == CALL:  # its id is for files and addresses
            return "Open", url_for("calls.show", call_id=row.call_id, node=row.node)
        if column.unit == STATE and row.call_id:
            return text, url_for("calls.show", call_id=row.call_id, node=row.node)
        if column.name == "seconds" and self.report.name == "pauses":
            return text, self._day_of(row.agent)
        if column.name in OF_THE_DAY and hasattr(row, "agent"):
            return text, self._day_of(row.agent)
        return text, self.calls(column, row) if text not in NOTHING_BEHIND else None

    def calls(self, column: Label | Metric, row: Any) -> str | None:
        filters = behind(self.report, column, row, self.question.asked)
        return url_for("calls.index", **values(filters)) if filters else None

    def _day_of(self, agent: str) -> str:
        kept = self.question.kept | {"agent": agent}
        return url_for("reports.page", name="agent-activity", **values(kept))


def values(texts: dict[str, str]) -> dict[str, Any]:
    """url_for's own parameters all begin with an underscore; none of ours does."""
    return dict(texts)
