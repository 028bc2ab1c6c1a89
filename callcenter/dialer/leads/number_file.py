"""A file of numbers alone: an outside do-not-call list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads.table_file import Reading, table_rows
from callcenter.domain.errors import InvalidInput


def numbers_in(path: Path, country: str, refuse: Callable[[str], None]) -> Iterator[str]:
    """E.164 numbers of the first column that has one. A row without goes to `refuse`, but for a
    heading. National registers split area code and rest: both are tried together then."""
    country = country.strip().upper()
    with table_rows(path, Reading(header=False)) as rows:
        for line, cells in enumerate(rows, 1):
            if not any(cell.strip() for cell in cells):
                continue
            number = _number(cells, country)
            if number:
                yield number
            elif line > 1:
                refuse(f"row {line}: {cells[0][:40]!r}")


def _number(cells: list[str], country: str) -> str:
    for text in (cells[0], "".join(cells[:2])):
        try:
            return e164(text, country)
        except InvalidInput:
            continue
    return ""
