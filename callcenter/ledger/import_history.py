"""Files of any Asterisk, ours or not, into the books, a batch of lines a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from callcenter.ledger.books import CallBooks
from callcenter.ledger.facts import CEL, QUEUE_LOG, Fact
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.history import fold_history, parse_foreign_queue_log
from callcenter.ledger.ingest import Parsers, ingest
from callcenter.ledger.parse_cdr import CDR, parse_cdr
from callcenter.ledger.parse_cel import parse_cel
from callcenter.ledger.reader import Position, read_new_lines


@dataclass(frozen=True)
class Imported:
    """`facts` that were new, and lines set aside (in rejected_lines, with their reason)."""

    facts: int = 0
    rejected: int = 0


def import_history(
    sessions: sessionmaker[Session],
    node: str,
    files: Mapping[str, Path],
    zone: ZoneInfo,
    now: float,
    said: Callable[[str, int], None] = lambda *_: None,
    key: bytes = b"",
) -> Imported:
    """`files`: source (queue_log, cel, cdr) → file. Safe to repeat: what is known stays as it is.

    `said(source, lines)` after each batch. The node is one of its own: nothing live writes to it.
    """
    parsers: Parsers = {
        CEL: parse_cel,
        QUEUE_LOG: parse_foreign_queue_log,
        CDR: partial(parse_cdr, zone=zone),
    }
    done = Imported()
    for source, path in files.items():
        position, more = Position(), True
        while more:
            batch = read_new_lines(path, position)
            batch = replace(batch, lines=_whole(batch.lines, path, batch.position))
            more, position = batch.more, batch.position
            with sessions.begin() as session:
                part = ingest(session, node, source, batch, now, parsers, fold_any, key)
            done = Imported(done.facts + part.facts, done.rejected + part.rejected)
            said(source, len(batch.lines))
    return done


def fold_any(call_id: str, facts: Iterable[Fact], cut_at: float | None) -> CallBooks | None:
    listed = list(facts)
    known = fold_call(call_id, listed, cut_at) if any(f.source == CEL for f in listed) else None
    return known or fold_history(call_id, listed)


def _whole(lines: tuple[str, ...], path: Path, position: Position) -> tuple[str, ...]:
    """With the last line too when the file ends without a newline: nobody writes on to it."""
    size = path.stat().st_size
    if position.offset >= size or size - position.offset > 65536:
        return lines
    with path.open("rb") as file:
        file.seek(position.offset)
        rest = file.read().decode("utf-8", "surrogateescape")
    return lines if "\n" in rest else (*lines, rest)
