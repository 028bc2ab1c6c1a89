"""The table of long runs: who runs, who is wanted no more, how long the like of it took."""

from __future__ import annotations

from statistics import median

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.reports import ReportRunRow
from callcenter.domain.errors import Conflict, NotFound

DEAD_SECONDS = 30.0  # without a sign of life
SIGN_SECONDS = 5.0
NEWEST_LIKE = 5  # earlier runs that an estimate looks at


def open_run(
    factory: sessionmaker[Session],
    run: str,
    key: str,
    report: str,
    question: dict[str, str],
    asked_by: str,
    days: float,
    started_at: float,
    now: float,
) -> bool:
    """False: the same question is being worked on already."""
    try:
        with factory.begin() as session:
            _bury(session, now)
            session.add(
                ReportRunRow(
                    id=run, key=key, active_key=key, report=report, question=question,
                    asked_by=asked_by, state="running", days=days, started_at=started_at,
                    seen_at=now, ended_at=None, row_count=0, cancelled_by="", error="",
                )
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def active(session: Session, key: str, now: float) -> str | None:
    """Id of the run that works on this question."""
    return session.scalar(
        select(ReportRunRow.id).where(
            ReportRunRow.active_key == key, ReportRunRow.seen_at > now - DEAD_SECONDS
        )
    )


def find(session: Session, run: str, now: float) -> ReportRunRow | None:
    """As it is; one whose process died is shown as failed."""
    row = session.get(ReportRunRow, run)
    if row is not None and row.state == "running" and row.seen_at <= now - DEAD_SECONDS:
        session.expunge(row)
        row.state, row.error = "failed", "its process ended"
    return row


def still_wanted(session: Session, run: str, now: float) -> bool:
    """Called by the runner: leaves a sign of life now and then."""
    row = session.get(ReportRunRow, run)
    if row is None or row.cancelled_by:
        return False
    if row.seen_at < now - SIGN_SECONDS:
        row.seen_at = now
    return True


def ask_to_stop(session: Session, run: str, by: str) -> None:
    """Raises NotFound, or Conflict when it is over."""
    row = session.get(ReportRunRow, run)
    if row is None:
        raise NotFound("there is no such run; runs are kept for a day")
    if row.state != "running":
        raise Conflict("that run is over already")
    row.cancelled_by = by


def close(session: Session, run: str, state: str, now: float, row_count: int, error: str) -> None:
    session.execute(
        update(ReportRunRow)
        .where(ReportRunRow.id == run)
        .values(state=state, active_key=None, ended_at=now, row_count=row_count, error=error)
    )


def expected_seconds(session: Session, row: ReportRunRow) -> float | None:
    """By earlier runs of the same report, a day of the period costing what it cost then."""
    query = (
        select(ReportRunRow.started_at, ReportRunRow.ended_at, ReportRunRow.days)
        .where(ReportRunRow.report == row.report, ReportRunRow.state == "done")
        .order_by(ReportRunRow.started_at.desc())
        .limit(NEWEST_LIKE)
    )
    paces = [
        (ended - started) / days
        for started, ended, days in session.execute(query)
        if ended is not None and days > 0
    ]
    return median(paces) * row.days if paces else None


def newest(session: Session, asked_by: str | None, most: int) -> list[ReportRunRow]:
    """Of one person, or of all."""
    query = select(ReportRunRow).order_by(ReportRunRow.started_at.desc()).limit(most)
    return list(
        session.scalars(
            query if asked_by is None else query.where(ReportRunRow.asked_by == asked_by)
        )
    )


def forget(session: Session, before: float) -> list[str]:
    """Ids of the runs that ended, or died, before."""
    rows = session.scalars(select(ReportRunRow).where(ReportRunRow.seen_at < before)).all()
    for row in rows:
        session.delete(row)
    return [row.id for row in rows]


def _bury(session: Session, now: float) -> None:
    """Runs whose process died let their question go."""
    session.execute(
        update(ReportRunRow)
        .where(ReportRunRow.active_key.is_not(None), ReportRunRow.seen_at <= now - DEAD_SECONDS)
        .values(state="failed", active_key=None, ended_at=now, error="its process ended")
    )
