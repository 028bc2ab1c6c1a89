"""A file of numbers alone: a do-not-call list, of others or of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads.table_file import Reading, table_rows
from callcenter.domain.errors import InvalidInput

MOST_ERRORS = 1000


@dataclass
class RefusedRows:
    """`errors`: (row of the file, what is wrong with it), the first MOST_ERRORS of `count`."""

    count: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)

    def note(self, row: int, why: str) -> None:
        self.count += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append((row, why))


def numbers_in(path: Path, country: str, refuse: Callable[[int, str], None]) -> Iterator[str]:
    """The E.164 number of each row: its first column, or the first two together, since national
    registers split area code and rest. A row without goes to `refuse` (its number, why), but for a
    heading."""
    country = country.strip().upper()
    with table_rows(path, Reading(header=False)) as rows:
        for line, cells in enumerate(rows, 1):
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield _number(cells, country)
            except InvalidInput as wrong:
                if line > 1:
                    refuse(line, str(wrong))


def _number(cells: list[str], country: str) -> str:
    try:
        return e164(cells[0], country)
    except InvalidInput as wrong:
        if len(cells) == 1:
            raise
        try:
            return e164("".join(cells[:2]), country)
        except InvalidInput:
            raise wrong from None
