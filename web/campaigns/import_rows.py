"""Rows of a lead file that are shown: how the first ones would be read, which were left out."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from callcenter.dialer.leads.columns import read_row
from callcenter.dialer.leads.table_file import Reading, first_rows
from callcenter.domain.errors import InvalidInput

TRIED_ROWS = 100
SHOWN_ROWS = 5

LeftOut = list[tuple[int, str]]  # row of the file, why


@dataclass(frozen=True)
class Tried:
    """The first rows, read as they would be loaded; doubles and opt-outs are not looked for."""

    rows: int
    left_out: LeftOut

    @property
    def readable(self) -> int:
        return self.rows - len(self.left_out)


def tried(path: Path, reading: Reading, columns: Mapping[int, str], country: str) -> Tried:
    """`country`: the list's. Raises InvalidInput when the file cannot be read."""
    rows = first_rows(path, reading, TRIED_ROWS + reading.header)[reading.header :]
    numbered = enumerate(rows, 1 + reading.header)
    full = [(number, cells) for number, cells in numbered if any(cell.strip() for cell in cells)]
    left_out = []
    for number, cells in full:
        try:
            read_row(cells, columns, country)
        except InvalidInput as error:
            left_out.append((number, str(error)))
    return Tried(len(full), left_out)


def first_left_out(errors: Path) -> LeftOut:
    """Of the file of rows left out; none when there is no such file."""
    if not errors.exists():
        return []
    with errors.open(encoding="utf-8-sig", newline="") as file:
        rows = islice(csv.reader(file), 1, 1 + SHOWN_ROWS)
        return [(int(row[0]), row[1]) for row in rows if len(row) > 1 and row[0].isdecimal()]
