"""Many rows into a table at once: COPY into PostgreSQL, one prepared statement into SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import column, insert, table
from sqlalchemy.dialects.sqlite import dialect as sqlite
from sqlalchemy.orm import Session

from callcenter.db.models.base import Base

Row = Sequence[Any]
ROWS_A_READ = 100
_NONE = "\x00"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(
    session: Session, model: type[Base], names: Sequence[str], rows: Iterable[Row]
) -> None:
    """`rows`: values in the order of `names`, which are all columns that have no default in the
    database. Text, numbers, booleans, None; JSON as its text."""
    remaining = iter(rows)
    first = next(remaining, None)
    if first is None:
        return
    connection, every = session.connection(), chain([first], remaining)
    if connection.dialect.name == "postgresql":
        columns = ", ".join(f'"{name}"' for name in names)
        cursor: Any = connection.connection.cursor()
        cursor.copy_expert(f"COPY {model.__tablename__} ({columns}) FROM STDIN", _Lines(every))
    else:
        connection.exec_driver_sql(_inserting(model.__tablename__, tuple(names)), list(every))


class _Lines:
    """What COPY reads: lines are made while the database is busy with those before them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)

    def read(self, _size: int) -> str:
        return "".join(map(_line, islice(self._rows, ROWS_A_READ)))


def _line(row: Row) -> str:
    """As COPY's text format has it. No text can hold a NUL, so that stands for none meanwhile."""
    cells = list(map(str, row))
    if None in row:
        cells = [_NONE if each is None else text for each, text in zip(row, cells, strict=True)]
    line = "\t".join(cells)
    if line.count("\t") >= len(cells) or "\n" in line or "\r" in line:
        line = "\t".join(cell.translate(_ESCAPED) for cell in cells)
    elif "\\" in line:
        line = line.replace("\\", "\\\\")
    return line.replace(_NONE, "\\N") + "\n"


@cache
def _inserting(name: str, names: tuple[str, ...]) -> str:
    # Without the types of the model: their work on each value is most of what an insert takes.
    bare = table(name, *map(column, names))
    return str(insert(bare).compile(dialect=sqlite()))
