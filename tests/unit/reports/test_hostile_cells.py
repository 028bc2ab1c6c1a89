"""What a caller chooses to be called is text in every file a report is written to."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from callcenter.reports.table import TEXT, Label, Report
from callcenter.reports.written import Written

HOSTILE = "\x01=cmd|' /C calc'!A0\x1b\u202e"
SHOWN = "=cmd|' /C calc'!A0"


def test_a_hostile_name_is_text_without_controls_in_each_form() -> None:
    label = Label("caller_number", "Caller", TEXT)
    report = Report("r", "R", "", "", (label,))
    written = Written(report, [SimpleNamespace(caller_number=HOSTILE)], ZoneInfo("UTC"))
    assert json.loads(written.as_json()) == [{"caller_number": SHOWN}]
    assert list(csv.reader(io.StringIO(written.as_csv())))[1] == [f"'{SHOWN}"]
    cell = load_workbook(io.BytesIO(written.as_xlsx())).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (SHOWN, "s")
