"""Lists and answers go out as CSV or XLSX with the same texts, none of them a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

import web.downloads
from callcenter.dialer.leads.spreadsheet import replace_xlsx, write_xlsx
from callcenter.domain.errors import InvalidInput
from tests.web.test_access import PAGE, sign_in, token_of
from tests.web.test_campaigns import a_lead, a_list, audited
from web.services import Services

HOSTILE = {"family_name": "=1+1", "note": "two\nlines \x07", "postal_code": "00501"}


def test_a_list_is_the_same_in_both(
    app: Flask, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_list(services)
    a_lead(services, **HOSTILE)
    client = app.test_client()
    sign_in(client, "ann")

    def export(kind: str, status: int = 200) -> bytes:
        asked = {"kind": kind, "csrf_token": token_of(client)}
        answer = client.post("/dialer/lists/export/fresh", data=asked, headers=PAGE)
        assert answer.status_code == status
        return answer.data

    sheet = load_workbook(io.BytesIO(export("xlsx"))).worksheets[0]
    assert "f" not in {cell.data_type for row in sheet for cell in row}
    rows = [[cell.value or "" for cell in row] for row in sheet]
    lines = list(csv.reader(io.StringIO(export("csv").decode())))
    assert rows[0] == lines[0]
    told = dict(zip(*rows, strict=True))
    assert {name: told[name] for name in HOSTILE} == HOSTILE | {"note": "two\nlines "}
    assert told["number"] == "+12125550100"
    assert dict(zip(*lines, strict=True))["family_name"] == "'=1+1"
    assert audited(services).count("leads_exported") == 2
    assert b"file is csv or xlsx" in export("exe", 400)
    monkeypatch.setattr(web.downloads, "MOST_XLSX_ROWS", 1)
    assert b"take the CSV file" in export("xlsx", 400)


def test_a_sheet_that_is_full_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 2 rows"):
        write_xlsx([["a"]] * 4, io.BytesIO(), most_rows=3)
    write_xlsx([["a"]] * 3, io.BytesIO(), most_rows=3)


def test_rows_that_fail_leave_the_file_that_was_there(tmp_path: Path) -> None:
    def failing() -> Iterator[list[str]]:
        yield ["a"]
        raise InvalidInput("there is no list of that name")

    path = tmp_path / "list.xlsx"
    replace_xlsx([["first"]], path)
    before = path.read_bytes()
    with pytest.raises(InvalidInput):
        replace_xlsx(failing(), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]
    replace_xlsx([["second"]], path)
    assert load_workbook(path).active["A1"].value == "second"
