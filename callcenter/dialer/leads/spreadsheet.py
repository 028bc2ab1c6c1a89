"""Rows written as XLSX, one at a time: the same texts as in the CSV, as texts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from callcenter.domain.display import display_lines
from callcenter.domain.errors import InvalidInput

MOST_ROWS = 1024**2  # of a sheet, its heading included
LONGEST_CELL = 32767


def write_xlsx(rows: Iterable[list[str]], file: IO[bytes], most_rows: int = MOST_ROWS) -> None:
    """Nothing in it is run as a formula. Raises InvalidInput when there are more rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    rest = iter(rows)
    try:
        for row in islice(rest, most_rows):
            sheet.append([_cell(sheet, text) for text in row])
    finally:
        book.save(file)  # also when it is refused: openpyxl clears its own files away
    if next(rest, None) is not None:
        raise InvalidInput(f"there are more than {most_rows - 1:,} rows; take the CSV file")


def _cell(sheet: Any, text: str) -> Any:
    text = display_lines(text)[:LONGEST_CELL]
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def replace_xlsx(rows: Iterable[list[str]], path: Path) -> None:
    """The file is there once it is whole: where the rows fail, what stood there still does."""
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("wb") as file:
            write_xlsx(rows, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
