"""One batch of lines into the database: facts, positions and the books they change, together."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from callcenter.db.many_rows import insert_rows
from callcenter.db.models.ledger import (
    LedgerChannel,
    LedgerFact,
    LedgerRun,
    LedgerSource,
    RejectedLine,
)
from callcenter.ledger.call_ids import join
from callcenter.ledger.facts import CEL, QUEUE_LOG, BadLine, Fact, digest_of
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.forgotten import Forgotten, load_forgotten
from callcenter.ledger.keep_books import Dirty, Fold, refold
from callcenter.ledger.kept_facts import chunks, facts_of_calls, insert_facts, known_digests
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.parse_cel import parse_cel
from callcenter.ledger.parse_own_cdr import parse_own_cdr
from callcenter.ledger.parse_queue_log import PBX_STARTED, WRAP_UP, parse_queue_log
from callcenter.ledger.reader import Batch, Position
from callcenter.ledger.spy_audit import note_spies

Parsers = Mapping[str, Callable[[str], Fact]]
PARSERS: Parsers = {CEL: parse_cel, QUEUE_LOG: parse_queue_log, CDR: parse_own_cdr}
LONGEST_REJECTED = 4000


@dataclass(frozen=True)
class Ingested:
    facts: int
    rejected: int
    calls: int


def position_of(session: Session, node: str, source: str) -> Position:
    row = session.get(LedgerSource, (node, source))
    return Position(row.inode, row.fingerprint, row.offset) if row else Position()


@contextmanager
def _uncollected() -> Iterator[None]:
    """A batch makes a hundred thousand objects and hardly a cycle: to look for those over and over
    takes a quarter of its time."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


@_uncollected()
def ingest(
    session: Session,
    node: str,
    source: str,
    batch: Batch,
    now: float,
    parsers: Parsers = PARSERS,
    fold: Fold = fold_call,
    key: bytes = b"",
) -> Ingested:
    """Takes a batch in; the caller commits. Lines that were taken before change nothing.

    `key`: of ledger/erasure_key.py, so that what was erased is known again and stays away.
    """
    forgotten = load_forgotten(session, key)
    facts, rejected = _parse(parsers[source], batch.lines)
    if batch.gap:
        rejected.append((f"{source} {batch.position.inode} {now:.0f}", batch.gap))
    _keep_rejected(session, node, source, rejected, now)
    new = _only_new(session, node, source, facts, forgotten)
    dirty = _store_facts(session, node, new)
    _advance(session, node, source, batch, now)
    session.flush()
    if source == CDR and fold is fold_call and not dirty.gone:
        dirty.calls = set()  # reconciliation alone reads our own CDR
    refold(session, node, dirty, fold)
    note_spies(session, node, new)
    return Ingested(len(new), len(rejected), len(dirty.calls))


def _parse(
    parser: Callable[[str], Fact], lines: Iterable[str]
) -> tuple[list[Fact], list[tuple[str, str]]]:
    facts: list[Fact] = []
    rejected: list[tuple[str, str]] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            facts.append(parser(line))
        except BadLine as reason:
            rejected.append((line, str(reason)))
    return facts, rejected


def _keep_rejected(
    session: Session, node: str, source: str, rejected: Sequence[tuple[str, str]], now: float
) -> None:
    rows = {
        digest_of(source, line): {
            "node": node,
            "source": source,
            "digest": digest_of(source, line),
            "rejected_at": now,
            "reason": reason,
            "line": _printable(line),
        }
        for line, reason in rejected
    }
    query = select(RejectedLine.digest).where(
        RejectedLine.node == node, RejectedLine.source == source
    )
    for digests in chunks(list(rows)):  # some are taken out of it meanwhile
        for known in session.scalars(query.where(RejectedLine.digest.in_(digests))):
            del rows[known]
    if rows:
        session.execute(insert(RejectedLine), list(rows.values()))


def _printable(line: str) -> str:
    """PostgreSQL takes neither NUL nor lone surrogates; show both as escapes."""
    text = line[:LONGEST_REJECTED].encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\x00", "\\x00")


def _only_new(
    session: Session, node: str, source: str, facts: Iterable[Fact], forgotten: Forgotten
) -> list[Fact]:
    """What is not known yet, as it may be kept."""
    left = forgotten.left(facts) if not forgotten.nothing else facts
    by_digest = {fact.digest: fact for fact in left}
    first = {digest: fact.digest for fact in by_digest.values()
             for digest in forgotten.digests(fact)}  # fmt: skip
    instants = {digest: by_digest[own].at for digest, own in first.items()}
    for known in known_digests(session, node, source, instants):
        by_digest.pop(first.get(known, ""), None)
    new = by_digest.values()
    return list(new) if forgotten.nothing else [forgotten.taken(fact) for fact in new]


def _store_facts(session: Session, node: str, facts: Sequence[Fact]) -> Dirty:
    calls, gone = _assign_calls(session, node, facts)
    # What is known of these calls is read before the new facts join it: they are at hand.
    by_call = facts_of_calls(
        session, node, {calls[fact.uniqueid] for fact in facts if fact.uniqueid}
    )
    agents: dict[str, float] = {}
    for fact in facts:
        if fact.uniqueid:
            by_call.setdefault(calls[fact.uniqueid], []).append(fact)
        if fact.agent:
            agents[fact.agent] = min(fact.at, agents.get(fact.agent, fact.at))
    insert_facts(session, node, facts, calls)
    runs = {fact.at for fact in facts if fact.event == PBX_STARTED}
    for started_at in runs:
        session.merge(LedgerRun(node=node, started_at=started_at))
    return Dirty(
        calls=set(by_call),
        facts=by_call,
        gone=gone,
        agents=agents,
        runs=runs,
        wrap_ups={calls[fact.uniqueid] for fact in facts if fact.event == WRAP_UP},
        oldest_at=min((fact.at for fact in facts), default=None),
    )


def _assign_calls(
    session: Session, node: str, facts: Sequence[Fact]
) -> tuple[dict[str, str], set[str]]:
    """Channel → call for these facts, kept in the database; and the call ids that are no more."""
    names = {name for fact in facts for name in (fact.uniqueid, fact.linkedid) if name}
    known = _known_calls(session, node, names)
    calls, moved = join(known, facts)
    for old, new in moved.items():
        for table in (LedgerChannel, LedgerFact):
            session.execute(
                update(table)
                .where(table.node == node, table.call_id == old)
                .values(call_id=new)
                .execution_options(synchronize_session=False)
            )
    fresh = [(node, name, calls[name]) for name in calls if name in names and name not in known]
    insert_rows(session, LedgerChannel, ("node", "uniqueid", "call_id"), fresh)
    return calls, set(moved)


def _known_calls(session: Session, node: str, names: Iterable[str]) -> dict[str, str]:
    query = select(LedgerChannel.uniqueid, LedgerChannel.call_id).where(LedgerChannel.node == node)
    known: dict[str, str] = {}
    for some in chunks(sorted(names)):
        for uniqueid, call_id in session.execute(query.where(LedgerChannel.uniqueid.in_(some))):
            known[uniqueid] = call_id
    return known


def _advance(session: Session, node: str, source: str, batch: Batch, now: float) -> None:
    row = session.get(LedgerSource, (node, source))
    if row is None:
        row = LedgerSource(node=node, name=source, lines_read=0)
        session.add(row)
    row.inode, row.fingerprint = batch.position.inode, batch.position.fingerprint
    row.offset, row.read_at = batch.position.offset, now
    row.lines_read += len(batch.lines)
