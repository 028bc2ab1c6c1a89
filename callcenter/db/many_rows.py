"""Many rows into a table at once: COPY into PostgreSQL, one prepared statement into SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import column, insert, table
from sqlalchemy.dialects.sqlite import dialect as sqlite
from sqlalchemy.orm import Session

from callcenter.db.models.base import Base

Row = Sequence[Any]
_NONE = "\x00"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(
    session: Session, model: type[Base], names: Sequence[str], rows: Iterable[Row]
) -> None:
    """`rows`: values in the order of `names`, which are all columns that have no default in the
    database. Text, numbers, booleans, None; JSON as its text."""
    listed = list(rows)
    if not listed:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection.connection.cursor(), model, names, listed)
    else:
        connection.exec_driver_sql(_inserting(model.__tablename__, tuple(names)), listed)


def _copy(cursor: Any, model: type[Base], names: Sequence[str], rows: Iterable[Row]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    lines = io.StringIO("".join(map(_line, rows)))
    cursor.copy_expert(f"COPY {model.__tablename__} ({columns}) FROM STDIN", lines)


def _line(row: Row) -> str:
    """As COPY's text format has it. No text can hold a NUL, so that stands for none meanwhile."""
    cells = [_NONE if each is None else str(each) for each in row]
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
