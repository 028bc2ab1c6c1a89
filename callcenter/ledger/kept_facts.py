"""Facts into the database and back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.base import Base
from callcenter.db.models.ledger import LedgerFact
from callcenter.ledger.facts import Fact

CHUNK = 500  # both databases take that many values in one statement

_COLUMNS = (
    LedgerFact.source, LedgerFact.digest, LedgerFact.at, LedgerFact.event, LedgerFact.uniqueid,
    LedgerFact.agent, LedgerFact.fields, LedgerFact.call_id,
)  # fmt: skip


def facts_where(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[str, Fact]]:
    """(call id, fact), in no order."""
    for row in session.execute(select(*_COLUMNS).where(*conditions)):
        source, digest, at, event, uniqueid, agent, fields, call_id = row
        linkedid = fields.get("linkedid", "")
        yield call_id, Fact(source, digest, at, event, uniqueid, linkedid, agent, fields)


def facts_of_calls(session: Session, node: str, calls: Iterable[str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for some in chunks(sorted(calls)):
        mine = (LedgerFact.node == node, LedgerFact.call_id.in_(some))
        for call_id, fact in facts_where(session, *mine):
            found.setdefault(call_id, []).append(fact)
    return found


def insert_facts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """`rows`: column → value, all with the same columns; by COPY where there is one."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        session.execute(insert(table_of(LedgerFact)), list(rows))
        return
    names = list(rows[0])
    out = io.StringIO()
    # Everything quoted: an empty text without quotes would be NULL.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([_copied(row[name]) for name in names])
    out.seek(0)
    cursor: Any = connection.connection.cursor()
    cursor.copy_expert(f"COPY ledger_facts ({', '.join(names)}) FROM STDIN WITH (FORMAT csv)", out)


def _copied(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return repr(value) if isinstance(value, float) else str(value)


def table_of(model: type[Base]) -> Any:
    """For inserts of many rows without the work that objects need."""
    return model.__table__


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    remaining = iter(values)
    while some := list(islice(remaining, CHUNK)):
        yield some
