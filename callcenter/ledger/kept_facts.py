"""Facts read back from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

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


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    remaining = iter(values)
    while some := list(islice(remaining, CHUNK)):
        yield some
