"""Rows that go out as a file, CSV or XLSX: `rows_as_file(rows, "leads", kind)`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable

from flask import Response, send_file

from callcenter.dialer.leads.spreadsheet import write_xlsx
from callcenter.dialer.leads.table_file import written_csv
from callcenter.domain.errors import InvalidInput

MOST_XLSX_ROWS = 100_000  # some 20 s; a CSV file goes out as it is read
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_as_file(rows: Iterable[list[str]], name: str, kind: str) -> Response:
    """`kind` is csv or xlsx. The rows may be read after this has returned."""
    if kind == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        lines = (written_csv([row]) for row in rows)
        return Response(lines, mimetype="text/csv", headers=headers)
    if kind != "xlsx":
        raise InvalidInput("a file is csv or xlsx")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_xlsx(rows, file, MOST_XLSX_ROWS)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
