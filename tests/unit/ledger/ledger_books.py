"""A ledger on an empty database, fed with lines; and its books as plain values to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, select, update

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.ledger.ingest import ingest
from callcenter.ledger.reader import Batch, Position

NODE = "pbx1"
TABLES: tuple[Any, ...] = (Call, CallLeg, QueueVisit, CallTalk, CallEvent, AgentInterval)
Lines = Sequence[tuple[str, str]]


def empty_ledger(url: str) -> Engine:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    return engine


def feed(engine: Engine, lines: Lines) -> None:
    """In runs of one source, each in a transaction of its own, as the process does."""
    for source, some in _runs(lines):
        with sessions(engine).begin() as session:
            ingest(session, NODE, source, Batch(tuple(some), Position(), more=False), 0.0)


def _runs(lines: Lines) -> Iterable[tuple[str, list[str]]]:
    runs: list[tuple[str, list[str]]] = []
    for source, line in lines:
        if not runs or runs[-1][0] != source:
            runs.append((source, []))
        runs[-1][1].append(line)
    return runs


def books(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every derived row, sorted: two ledgers with the same facts are equal here."""
    with sessions(engine).begin() as session:
        return {
            table.__tablename__: sorted(
                (tuple(row) for row in session.execute(select(*table.__table__.columns))), key=str
            )
            for table in TABLES
        }


def forget_returns(engine: Engine) -> None:
    """Who came back is known of a visit, not of its facts: it outlives the number, not a refold."""
    with sessions(engine).begin() as session:
        session.execute(update(QueueVisit).values(next_at=None, caller_known=False))


def calls(engine: Engine) -> list[Call]:
    with sessions(engine).begin() as session:
        return list(session.scalars(select(Call).order_by(Call.started_at)))


def rows(engine: Engine, table: Any) -> list[Any]:
    with sessions(engine).begin() as session:
        return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))
