"""Calls that do not add up, each with why. The count belongs at 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerFact
from callcenter.ledger.facts import QUEUE_LOG

# Facts of the three sources arrive one after the other: what is younger is not judged yet.
SETTLE_SECONDS = 15.0


@dataclass(frozen=True)
class Unreconciled:
    call_id: str
    at: float
    why: str


def reconcile(session: Session, recordings: Path, now: float) -> list[Unreconciled]:
    """Every call of every node that does not reconcile, oldest first."""
    before = now - SETTLE_SECONDS
    found = [
        *_queue_log_unknown_to_cel(session, before),
        *_answers_differ(session, before),
        *_recordings_missing(session, recordings, before),
        *_recordings_of_nobody(session, recordings, before),
    ]
    return sorted(found, key=lambda each: (each.at, each.call_id))


def count_unreconciled(session: Session, recordings: Path, now: float) -> int:
    return len(reconcile(session, recordings, now))


def _queue_log_unknown_to_cel(session: Session, before: float) -> Iterator[Unreconciled]:
    query = (
        select(LedgerFact.call_id, LedgerFact.at)
        .where(
            LedgerFact.event == "ENTERQUEUE",
            LedgerFact.at < before,
            ~exists().where(Call.node == LedgerFact.node, Call.id == LedgerFact.call_id),
        )
        .order_by(LedgerFact.at)
    )
    for call_id, at in session.execute(query):
        yield Unreconciled(call_id, at, "queue_log knows this call and CEL does not")


def _answers_differ(session: Session, before: float) -> Iterator[Unreconciled]:
    """queue_log says an agent answered, and CEL never saw the caller with one; or the reverse."""
    connects = exists().where(
        LedgerFact.node == QueueVisit.node,
        LedgerFact.call_id == QueueVisit.call_id,
        LedgerFact.source == QUEUE_LOG,
        LedgerFact.event == "CONNECT",
    )
    visit = select(QueueVisit.call_id, QueueVisit.entered_at).where(
        QueueVisit.entered_at < before, QueueVisit.left_at < before
    )
    for call_id, at in session.execute(visit.where(QueueVisit.outcome == "answered", ~connects)):
        yield Unreconciled(call_id, at, "CEL shows an answer that queue_log does not")
    answered = exists().where(
        CallTalk.node == LedgerFact.node, CallTalk.call_id == LedgerFact.call_id
    )
    logged = select(LedgerFact.call_id, LedgerFact.at).where(
        LedgerFact.event == "CONNECT", LedgerFact.at < before, ~answered
    )
    for call_id, at in session.execute(logged):
        yield Unreconciled(call_id, at, "queue_log shows an answer that CEL does not")


def _recordings_missing(
    session: Session, recordings: Path, before: float
) -> Iterator[Unreconciled]:
    query = select(Call.id, Call.started_at, Call.recording).where(
        Call.recording != "", Call.answered_at.is_not(None), Call.ended_at < before
    )
    for call_id, at, name in session.execute(query):
        if not (recordings / name).is_file():
            yield Unreconciled(call_id, at, f"the recording {name} is not there")


def _recordings_of_nobody(
    session: Session, recordings: Path, before: float
) -> Iterator[Unreconciled]:
    known = set(session.scalars(select(Call.recording).where(Call.recording != "")))
    for path in sorted(recordings.glob("*/*/*/*.raw")):
        name = str(path.relative_to(recordings))
        written_at = path.stat().st_mtime
        if name not in known and written_at < before:
            yield Unreconciled("", written_at, f"the recording {name} belongs to no call")
