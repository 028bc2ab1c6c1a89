"""The table's headings: each puts the rows in the order of its column, again turns it round."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import url_for

from callcenter.domain.metrics import Metric
from callcenter.reports.question import Question
from callcenter.reports.ranking import Ranking
from callcenter.reports.shown import NUMBERS
from callcenter.reports.table import Label, Report
from web.reports.cells import values


@dataclass(frozen=True)
class Heading:
    """`sorted`: what aria-sort says; empty: not by this column."""

    column: Label | Metric
    address: str
    sorted: str


def headings(report: Report, question: Question) -> list[Heading]:
    return [_heading(report, each, question) for each in report.columns]


def _heading(report: Report, column: Label | Metric, question: Question) -> Heading:
    present = question.ranking
    chosen = present.column == column.name
    # Of numbers the highest is asked for first, of names the first.
    turned = not present.highest_first if chosen else column.unit in NUMBERS
    wanted: Ranking = replace(present, column=column.name, highest_first=turned)
    kept = question.kept | {"sort": wanted.text}
    address = url_for("reports.page", name=report.name, **values(kept))
    said = ("descending" if present.highest_first else "ascending") if chosen else ""
    return Heading(column, address, said)
