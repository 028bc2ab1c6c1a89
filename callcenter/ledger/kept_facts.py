"""Facts into the database and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from callcenter.db.many_rows import insert_rows
from callcenter.db.models.ledger import LedgerFact
from callcenter.ledger.facts import CEL, QUEUE_LOG, Fact

CHUNK = 500  # both databases take that many values in one statement
LONGEST_SILENCE_SECONDS = 300.0

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


def known_digests(
    session: Session, node: str, source: str, digests: Mapping[str, float]
) -> Iterator[str]:
    """Those of `digests` (digest → the instant its line tells) that are known, and maybe others.

    What is new is nearly always all of a batch. Where a line holds its own epoch time, the facts of
    that time are all that can be the same: one look along an index instead of one a line.
    """
    query = select(LedgerFact.digest).where(LedgerFact.node == node)
    if source not in (CEL, QUEUE_LOG):  # local times: read in another time zone they are others
        for some in chunks(digests):
            yield from session.scalars(query.where(LedgerFact.digest.in_(some)))
        return
    query = query.where(LedgerFact.source == source)
    for first, last in stretches(digests.values()):
        yield from session.scalars(query.where(LedgerFact.at.between(first, last)))


def stretches(instants: Iterable[float]) -> Iterator[tuple[float, float]]:
    """(first, last) of instants that follow each other closely. Pure."""
    ordered = sorted(instants)
    begin = 0
    for number, at in enumerate(ordered, 1):
        if number == len(ordered) or ordered[number] - at > LONGEST_SILENCE_SECONDS:
            yield ordered[begin], at
            begin = number


def insert_facts(
    session: Session, node: str, facts: Sequence[Fact], calls: Mapping[str, str]
) -> None:
    """`calls`: channel → call."""
    rows = (
        (node, source, digest, at, event, uniqueid, agent, _json(fields), calls.get(uniqueid, ""))
        for source, digest, at, event, uniqueid, _, agent, fields in facts
    )
    insert_rows(session, LedgerFact, ("node", *(each.key for each in _COLUMNS)), rows)


def _json(fields: Mapping[str, str]) -> str:
    """As json.dumps writes it, in a third of the time; the names are the parsers' own."""
    values = [f'"{name}": {_quoted(value)}' for name, value in fields.items()]
    return "{" + ", ".join(values) + "}"


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    remaining = iter(values)
    while some := list(islice(remaining, CHUNK)):
        yield some
