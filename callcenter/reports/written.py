"""A report's rows as JSON, CSV, XLSX and PDF: the same figures, with names people read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from callcenter.domain.display import display_text
from callcenter.domain.errors import InvalidInput
from callcenter.domain.metrics import METRICS, SHARE, Metric
from callcenter.reports.asked import Asked
from callcenter.reports.call_list import safe_cell
from callcenter.reports.heading import heading_of
from callcenter.reports.places import place_words
from callcenter.reports.shown import WEEKDAYS, Shown
from callcenter.reports.table import (
    HOUR,
    INSTANT,
    METRIC,
    OF_METRIC,
    PERIOD,
    PLACE,
    WEEKDAY,
    Label,
    Report,
    shown_columns,
    value_of,
)

TYPES = {"json": "application/json", "csv": "text/csv",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "pdf": "application/pdf"}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What writing needs to know besides the rows.

    `names`: unit (queue, agent) → key → name. `hidden`: columns left out. `asked` and `site` are
    for the PDF's heading.
    """

    report: Report
    rows: Sequence[Any]
    zone: ZoneInfo
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    asked: Asked | None = None
    site: str = ""

    @property
    def columns(self) -> list[Label | Metric]:
        return shown_columns(self.report, self.hidden)

    def as_bytes(self, kind: str) -> bytes:
        """`kind`: one of TYPES."""
        data = getattr(self, f"as_{kind}")()
        return data if isinstance(data, bytes) else str(data).encode()

    def as_json(self) -> str:
        """A list of objects: keys are column names, instants ISO 8601 with offset."""
        columns = self.columns
        found = [{each.name: self.cell(each, row) for each in columns} for row in self.rows]
        return json.dumps(found, indent=2, ensure_ascii=False)

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([each.title for each in self.columns])
        for row in self.rows:
            writer.writerow([safe_cell(self.cell(each, row)) for each in self.columns])
        return out.getvalue()

    def as_xlsx(self) -> bytes:
        """Text cells are text: nothing in them is run as a formula."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.report.title[:31])
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, each.title) for each in self.columns])
        for row in self.rows:
            sheet.append([self._xlsx_cell(sheet, each, row) for each in self.columns])
        about = book.create_sheet("Definitions")
        for each in self.columns:
            about.append([each.title, each.text])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def as_pdf(self) -> bytes:
        """Made to be printed; needs `asked`."""
        from callcenter.reports.pdf import pdf_of  # imported when asked for: it takes a while

        if self.asked is None:
            raise InvalidInput("a PDF says what was asked: give it")
        shown = Shown(self.zone, self.asked.by, self.names)
        heading = heading_of(self.report, self.asked, self.site, self.names)
        return pdf_of(heading, self.report, self.columns, self.rows, self.asked, shown)

    def cell(self, column: Label | Metric, row: Any) -> Any:
        """A number, a text, or None."""
        value = value_of(column, row)
        if column.unit in (PERIOD, INSTANT):
            return datetime.fromtimestamp(value, self.zone).isoformat(timespec="seconds")
        if column.unit == WEEKDAY:
            return WEEKDAYS[value]
        if column.unit == HOUR:
            return f"{value:02}:00"
        if column.unit == METRIC:
            return METRICS[value].title
        if column.unit == PLACE:
            return place_words(value, self.names.get(PLACE, {}))
        if column.unit in self.names:
            return self.names[column.unit].get(value, value)
        if isinstance(value, str):
            return display_text(value)  # a caller's name; XLSX would not even take a control
        return round(value, 6) if isinstance(value, float) else value

    def _xlsx_cell(self, sheet: Any, column: Label | Metric, row: Any) -> Any:
        value = self.cell(column, row)
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        elif column.unit == SHARE or (
            column.unit == OF_METRIC and METRICS[row.metric].unit == SHARE
        ):
            cell.number_format = "0.00%"
        return cell


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
