"""Calls that do not add up, each with why. The count belongs at 0.

What happened before the last `PERIOD_SECONDS` was judged when it was new, so the answer takes as
long after years as after a week; only a call that never ended is found however old it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import NOT_OF_CEL, LedgerFact
from callcenter.ledger.facts import QUEUE_LOG
from callcenter.ledger.reconcile_attempts import attempts_differ
from callcenter.ledger.reconcile_cdr import cdr_differs
from callcenter.ledger.unreconciled import Period, Unreconciled

# Facts of the sources arrive one after the other: what is younger is not judged yet.
SETTLE_SECONDS = 15.0
PERIOD_SECONDS = 7 * 86_400.0
# Nobody talks that long: its end is missing in CEL.
LONGEST_CALL_SECONDS = 12 * 3600.0
LEGS_ASKED_AT_ONCE = 500  # both databases take that many values in one statement


def reconcile(
    session: Session,
    recordings: Path,
    now: float,
    period_seconds: float = PERIOD_SECONDS,
    node: str = "",
) -> list[Unreconciled]:
    """Every call of the node (empty: of every one) that does not reconcile, oldest first."""
    period = Period(now - period_seconds, now - SETTLE_SECONDS, node)
    files = set(_files(recordings, period))
    found = [
        *_queue_log_unknown_to_cel(session, period),
        *_answers_differ(session, period),
        *_never_ended(session, period, now - LONGEST_CALL_SECONDS),
        *_recordings_missing(session, recordings, files, period),
        *_recordings_of_nobody(session, recordings, files, period),
        *cdr_differs(session, period),
        *attempts_differ(session, period, now - LONGEST_CALL_SECONDS),
    ]
    return sorted(found, key=lambda each: (each.at, each.ref))


def _queue_log_unknown_to_cel(session: Session, period: Period) -> Iterator[Unreconciled]:
    query = (
        select(LedgerFact.node, LedgerFact.call_id, LedgerFact.at)
        .where(
            *period.of(LedgerFact.node),
            literal_column(NOT_OF_CEL),
            LedgerFact.event == "ENTERQUEUE",
            LedgerFact.at.between(period.since, period.before),
            ~exists().where(Call.node == LedgerFact.node, Call.id == LedgerFact.call_id),
        )
        .order_by(LedgerFact.at)
    )
    for row in session.execute(query):
        yield Unreconciled("queue-log-only", *row, "queue_log knows this call and CEL does not")


def _answers_differ(session: Session, period: Period) -> Iterator[Unreconciled]:
    """queue_log says an agent answered, and CEL never saw the caller with one; or the reverse."""
    connects = exists().where(
        LedgerFact.node == QueueVisit.node,
        LedgerFact.call_id == QueueVisit.call_id,
        LedgerFact.source == QUEUE_LOG,
        LedgerFact.event == "CONNECT",
    )
    visit = select(QueueVisit.node, QueueVisit.call_id, QueueVisit.entered_at).where(
        *period.of(QueueVisit.node),
        QueueVisit.entered_at.between(period.since, period.before),
        QueueVisit.left_at < period.before,
    )
    for row in session.execute(visit.where(QueueVisit.outcome == "answered", ~connects)):
        yield Unreconciled("answer-cel", *row, "CEL shows an answer that queue_log does not")
    answered = exists().where(
        CallTalk.node == LedgerFact.node, CallTalk.call_id == LedgerFact.call_id
    )
    logged = select(LedgerFact.node, LedgerFact.call_id, LedgerFact.at).where(
        *period.of(LedgerFact.node),
        literal_column(NOT_OF_CEL),
        LedgerFact.event == "CONNECT",
        LedgerFact.at.between(period.since, period.before),
        ~answered,
    )
    for row in session.execute(logged):
        yield Unreconciled("answer-queue-log", *row, "queue_log shows an answer that CEL does not")


def _never_ended(session: Session, period: Period, before: float) -> Iterator[Unreconciled]:
    query = select(Call.node, Call.id, Call.started_at).where(
        *period.of(Call.node), Call.ended_at.is_(None), Call.started_at < before
    )
    for row in session.execute(query):
        why = "it began more than 12 hours ago and CEL shows no end"
        yield Unreconciled("no-end", *row, why)


def _recordings_missing(
    session: Session, recordings: Path, files: Set[str], period: Period
) -> Iterator[Unreconciled]:
    query = select(Call.node, Call.id, Call.started_at, Call.recording).where(
        *period.of(Call.node),
        Call.recording != "",
        Call.answered_at.is_not(None),
        Call.ended_at.between(period.since, period.before),
    )
    for node, call_id, at, name in session.execute(query):
        if name not in files and not (recordings / name).is_file():
            why = f"the recording {name} is not there"
            yield Unreconciled("recording-missing", node, call_id, at, why)


def _recordings_of_nobody(
    session: Session, recordings: Path, files: Set[str], period: Period
) -> Iterator[Unreconciled]:
    # Files are named after the channel recorded; any channel of a known call may have one.
    legs = _legs_known(session, [Path(name).stem for name in files])
    for name in sorted(name for name in files if Path(name).stem not in legs):
        written_at = _written_at(recordings / name)
        if written_at is not None and period.since <= written_at < period.before:
            why = f"the recording {name} belongs to no call"
            yield Unreconciled("recording-of-nobody", period.node, "", written_at, why, name)


def _legs_known(session: Session, uniqueids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(uniqueids), LEGS_ASKED_AT_ONCE):
        some = uniqueids[start : start + LEGS_ASKED_AT_ONCE]
        known.update(session.scalars(select(CallLeg.uniqueid).where(CallLeg.uniqueid.in_(some))))
    return known


def _written_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # deleted since it was listed
        return None


def _files(recordings: Path, period: Period) -> Iterator[str]:
    """Recordings in the folders of the period's days (a day more: folders are in local time)."""
    day, last = (_utc_day(at) for at in (period.since, period.before))
    day -= timedelta(days=1)
    while day <= last + timedelta(days=1):
        folder = f"{day:%Y/%m/%d}"
        for path in recordings.joinpath(folder).glob("*.raw"):
            yield f"{folder}/{path.name}"
        day += timedelta(days=1)


def _utc_day(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()
