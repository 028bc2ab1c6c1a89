"""A report's rows as a file: what a long run found, kept so that nobody has to wait for it again.

JSON, so that reading it runs nothing. Rows come back with the same attributes, as plain records.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from callcenter.domain.counts import Counts

COUNTS = "counts"


def write_rows(path: Path, rows: Sequence[Any]) -> None:
    """Whole or not at all; for the owner's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    text = json.dumps([_plain(row) for row in rows], ensure_ascii=False)
    with unfinished.open("wb") as file:
        unfinished.chmod(0o600)
        file.write(gzip.compress(text.encode(), compresslevel=3))
    unfinished.replace(path)


def read_rows(path: Path) -> list[Any]:
    """Raises FileNotFoundError when it has been cleared away."""
    listed = json.loads(gzip.decompress(path.read_bytes()))
    return [_row(values) for values in listed]


def _plain(row: Any) -> dict[str, Any]:
    names = [each.name for each in fields(row)] if is_dataclass(row) else list(vars(row))
    return {name: _value(getattr(row, name)) for name in names}


def _value(value: Any) -> Any:
    if isinstance(value, Counts):
        return {name: number for name, number in vars(value).items() if number}
    return value.isoformat() if isinstance(value, date) else value


def _row(values: dict[str, Any]) -> Any:
    if COUNTS in values:
        values[COUNTS] = Counts(**values[COUNTS])
    return SimpleNamespace(**values)
