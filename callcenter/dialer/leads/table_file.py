"""Rows of a CSV or XLSX file that nobody has vouched for: bounded, and refused in plain words.

A file may be too big, binary, in another encoding, have a line without end or unpack to a thousand
times its size; formulas are never evaluated (XLSX gives the value its program last saw).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook

from callcenter.domain.errors import InvalidInput

MAX_BYTES = 1024**3
MAX_UNPACKED_BYTES = 1024**3
MAX_SHARED_TEXT_BYTES = 300 * 1024**2  # openpyxl holds these in memory
MAX_PACKING = 200  # unpacked ÷ packed, of a part larger than MIN_BOMB_BYTES
MIN_BOMB_BYTES = 20 * 1024**2
LONGEST_LINE = 1024**2  # letters
MOST_COLUMNS = 300
END = "\x1e"  # no delimiter, whatever is chosen
SAMPLE_BYTES = 256 * 1024
DELIMITERS = ",;\t|"
EXCEL_DELIMITER = "sep="  # a first line of Excel's own: which delimiter follows
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
# Surrogates: bytes that are no UTF-8 come through as some of these, so that one bad row does not
# end the file; a spreadsheet can hold any of them. No database takes them.
_NO_LETTERS = range(0xD800, 0xE000)


@dataclass(frozen=True)
class Reading:
    """How to read a file; empty: find out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: bool = True


@contextmanager
def table_rows(path: Path, reading: Reading) -> Iterator[Iterator[list[str]]]:
    """Every row as texts, the header too. Raises InvalidInput, also while rows are read."""
    _refuse_size(path)
    rows = _xlsx_rows if zipfile.is_zipfile(path) else _csv_rows
    with rows(path, reading) as found:
        yield found


def bad_text(cells: list[str]) -> str:
    """Why the texts of a row cannot be kept; empty when they can."""
    for cell in cells:
        if "\0" in cell:
            return "has a NUL; the file is damaged or not a text file"
        if not cell.isascii() and any(ord(letter) in _NO_LETTERS for letter in cell):
            return "is not UTF-8; save the file as UTF-8, or name its encoding"
    return ""


def row_count(path: Path, reading: Reading) -> int:
    """Rows without the header, for a progress bar: lines of a CSV, so a cell of several lines
    counts too often."""
    if zipfile.is_zipfile(path):
        with table_rows(path, reading) as rows:
            count = sum(1 for _ in rows)
    else:
        with path.open("rb") as file:
            blocks = iter(lambda: file.read(1 << 20), b"")
            ends = [(each.count(b"\n"), each.count(b"\r")) for each in blocks]
        feeds, returns = (sum(column) for column in zip(*ends, strict=True))
        count = feeds or returns  # old files of a Mac have returns alone
    return max(0, count - reading.header)


def _refuse_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    if size == 0:
        raise InvalidInput("the file is empty")
    if size > MAX_BYTES:
        raise InvalidInput(f"the file has {size >> 20} MiB; split it, {MAX_BYTES >> 20} MiB fit")


@contextmanager
def _csv_rows(path: Path, reading: Reading) -> Iterator[Iterator[list[str]]]:
    sample = _sample(path)
    encoding = reading.encoding or _encoding_of(sample)
    if encoding not in (*ENCODINGS, "utf-8-sig"):
        raise InvalidInput(f"encoding {encoding!r} is not one of {', '.join(ENCODINGS)}")
    delimiter = reading.delimiter or _delimiter_of(sample, encoding)
    if len(delimiter) != 1:
        raise InvalidInput(f"the delimiter is one letter, not {delimiter!r}")
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open("r", encoding=name, errors=errors, newline="") as file:
        is_told = _first_line(sample, encoding).startswith(EXCEL_DELIMITER)
        yield _parsed(file, delimiter, is_told)


def _parsed(file: IO[str], delimiter: str, is_told: bool) -> Iterator[list[str]]:
    """A mark is put behind the last line: a quotation mark that is never closed would take all the
    lines behind it into one cell, and nobody would miss them."""
    is_over = False

    def lines() -> Iterator[str]:
        nonlocal is_over
        yield from _bounded_lines(file)
        is_over = True
        yield END

    reader = csv.reader(lines(), delimiter=delimiter)
    began = 1
    try:
        if is_told:
            file.readline(LONGEST_LINE)
        for row in reader:
            if len(row) > MOST_COLUMNS:
                raise InvalidInput(f"line {reader.line_num} has over {MOST_COLUMNS} columns")
            if is_over:
                if row != [END]:
                    raise InvalidInput(f"line {began}: a quotation mark is not closed")
                return
            yield row
            began = reader.line_num + 1
    except csv.Error as error:
        where = f"line {reader.line_num}: {error}"
        raise InvalidInput(f"{where}; a quotation mark may not be closed") from error
    except UnicodeError as error:
        raise InvalidInput(f"near line {reader.line_num}: not in this encoding: {error}") from error


def _bounded_lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise InvalidInput(f"line {number} is longer than {LONGEST_LINE} letters: no table")
        yield line


def _sample(path: Path) -> bytes:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    utf16 = sample.startswith((b"\xff\xfe", b"\xfe\xff"))
    if sample.count(b"\0") > len(sample) // 100 and not utf16:  # a stray one spoils its row only
        raise InvalidInput(
            "this is not a text file, or in an unknown encoding; save it as CSV in UTF-8 or as XLSX"
        )
    return sample


def _encoding_of(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut off in the middle of a letter is no fault. One bad row in a file of UTF-8 is that
        # row's fault; a file without any letter that is right is in the old encoding of Windows.
        is_cut = len(sample) == SAMPLE_BYTES and error.start >= len(sample) - 4
        if not is_cut and not _has_utf8_letters(sample):
            return "cp1252"
    return "utf-8"


def _has_utf8_letters(sample: bytes) -> bool:
    decoded = sample.decode("utf-8", errors="ignore")
    return not decoded.isascii()


def _delimiter_of(sample: bytes, encoding: str) -> str:
    first = _first_line(sample, encoding)
    if first.startswith(EXCEL_DELIMITER) and len(first.strip()) == len(EXCEL_DELIMITER) + 1:
        return first[len(EXCEL_DELIMITER)]
    return max(DELIMITERS, key=first.count)


def _first_line(sample: bytes, encoding: str) -> str:
    return sample.decode(encoding, errors="ignore").partition("\n")[0].removeprefix("\ufeff")


@contextmanager
def _xlsx_rows(path: Path, reading: Reading) -> Iterator[Iterator[list[str]]]:
    _refuse_bomb(path)
    with path.open("rb") as file:  # by its name, openpyxl would judge it
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises what the damage happens to cause
            raise InvalidInput(f"this XLSX file is damaged or protected: {error}") from error
        try:
            yield _sheet_rows(_sheet(book, reading.sheet))
        finally:
            book.close()


def _sheet(book: Any, name: str) -> Any:
    sheets = {each.title: each for each in book.worksheets}
    if not sheets:
        raise InvalidInput("this XLSX file has no sheet; save it anew, or as CSV")
    if name and name not in sheets:
        raise InvalidInput(f"there is no sheet {name!r}; there are {', '.join(sheets)}")
    sheet = sheets[name] if name else next(iter(sheets.values()))
    return sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)


def _sheet_rows(rows: Iterable[Any]) -> Iterator[list[str]]:
    iterator = iter(rows)
    while True:
        try:
            row = next(iterator, None)
        except Exception as error:
            raise InvalidInput(f"this XLSX file is damaged: {error}") from error
        if row is None:
            return
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a phone number that the program took for a sum
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(f"this XLSX file is damaged: {error}") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise InvalidInput("this is a ZIP file but no XLSX; unpack it and give the CSV or XLSX")
    unpacked = sum(part.file_size for part in parts)
    shared = sum(p.file_size for p in parts if p.filename == "xl/sharedStrings.xml")
    packed_too_well = any(
        part.file_size > MIN_BOMB_BYTES and part.file_size > MAX_PACKING * part.compress_size
        for part in parts
    )
    if unpacked > MAX_UNPACKED_BYTES or shared > MAX_SHARED_TEXT_BYTES or packed_too_well:
        raise InvalidInput(
            f"this XLSX file unpacks to {unpacked >> 20} MiB; save it as CSV and give that"
        )


def first_rows(path: Path, reading: Reading, count: int) -> list[list[str]]:
    """For a preview."""
    with table_rows(path, reading) as rows:
        return [row for _, row in zip(range(count), rows, strict=False)]


def written_csv(rows: Iterable[list[str]]) -> str:
    """For files people open in a spreadsheet: no cell begins a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe_cell(cell: str) -> str:
    """A leading = + - @ would make it a formula; a number with its sign is none."""
    if cell[:1] == "-" and cell[1:].isdecimal():
        return cell
    if cell[:1] in ("=", "-", "@", "\t", "\r") or (cell[:1] == "+" and not cell[1:].isdigit()):
        return f"'{cell}"
    return cell
