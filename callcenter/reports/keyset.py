"""Pages of a long list without counting it: a page begins after the last row of the one before.

A database that has an index on the order then reads no more than the page, wherever it lies.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from callcenter.domain.errors import InvalidInput

LONGEST_CURSOR = 600
END = "end"  # as `before`: the last page
STALE = "this link to a page is not complete; begin at the first page"


@dataclass(frozen=True)
class Order:
    """Columns that together tell any two rows apart, all in one direction, and their types."""

    columns: Sequence[Any]
    kinds: Sequence[type]
    descending: bool


@dataclass(frozen=True)
class Page:
    """`rows` as selected. `after`, `before`: cursors of the next and previous page, or empty."""

    rows: Sequence[Any]
    after: str
    before: str


def page_of(
    session: Session,
    query: Select[Any],
    order: Order,
    size: int,
    *,
    after: str = "",
    before: str = "",
    offset: int = 0,
) -> Page:
    """`query` without order. One of `after`, `before` and `offset` at most."""
    backwards = bool(before)
    descending = order.descending != backwards
    cursor = after or ("" if before == END else before)
    if cursor:
        place, values = tuple_(*order.columns), tuple_(*_values(cursor, order.kinds))
        query = query.where(place < values if descending else place > values)
    ordered = query.add_columns(*order.columns).order_by(
        *(column.desc() if descending else column.asc() for column in order.columns)
    )
    found = [tuple(row) for row in session.execute(ordered.offset(offset or None).limit(size + 1))]
    further, listed = len(found) > size, found[:size]
    if backwards:
        listed.reverse()
    width = len(order.columns)
    first, last = (_cursor(listed[at][-width:]) if listed else "" for at in (0, -1))
    has_next = (before != END) if backwards else further
    has_previous = further if backwards else bool(after or offset)
    return Page([row[0] for row in listed], last if has_next else "", first if has_previous else "")


def _cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def _values(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """Raises InvalidInput on what `_cursor` did not write."""
    try:
        text = base64.urlsafe_b64decode(cursor[:LONGEST_CURSOR] + "=" * (-len(cursor) % 4))
        values = json.loads(text)
    except (ValueError, binascii.Error):
        raise InvalidInput(STALE) from None
    if not isinstance(values, list) or len(values) != len(kinds):
        raise InvalidInput(STALE)
    if not all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise InvalidInput(STALE)
    return values
