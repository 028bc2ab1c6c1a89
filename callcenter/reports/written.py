"""A report's rows as JSON, CSV and XLSX: the same figures, with names and times people read."""

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
from callcenter.domain.metrics import METRICS, SHARE, Metric
from callcenter.reports.call_list import safe_cell
from callcenter.reports.table import (
    HOUR,
    INSTANT,
    METRIC,
    OF_METRIC,
    PERIOD,
    WEEKDAY,
    Label,
    Report,
    value_of,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TYPES = {"json": "application/json", "csv": "text/csv",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What writing needs to know besides the rows. `names`: unit (queue, agent) → key → name."""

    report: Report
    rows: Sequence[Any]
    zone: ZoneInfo
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def as_json(self) -> str:
        """A list of objects: keys are column names, instants ISO 8601 with offset."""
        columns = self.report.columns
        found = [{each.name: self.cell(each, row) for each in columns} for row in self.rows]
        return json.dumps(found, indent=2, ensure_ascii=False)

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([each.title for each in self.report.columns])
        for row in self.rows:
            writer.writerow([safe_cell(self.cell(each, row)) for each in self.report.columns])
        return out.getvalue()

    def as_xlsx(self) -> bytes:
        """Text cells are text: nothing in them is run as a formula."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.report.title[:31])
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, each.title) for each in self.report.columns])
        for row in self.rows:
            sheet.append([self._xlsx_cell(sheet, each, row) for each in self.report.columns])
        about = book.create_sheet("Definitions")
        for each in self.report.columns:
            about.append([each.title, each.text])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

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
