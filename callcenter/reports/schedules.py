"""Templates that go out by e-mail: when, to whom, as what; and what has become due."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.reports import ReportDeliveryRow, ReportScheduleRow, ReportTemplateRow
from callcenter.db.models.users import UserRow
from callcenter.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from callcenter.reports.due import Rhythm, newest_due, next_due

FORMATS = ("pdf", "xlsx", "csv")
WAITING = "waiting"
MOST = 100  # of one person
BETWEEN_SECONDS = 60.0  # sent by hand: so that no page becomes a flood of e-mails


def rhythm_of(row: ReportScheduleRow) -> Rhythm:
    return Rhythm(row.rhythm, row.minute, row.weekday, row.month_day)


def add_schedule(
    session: Session,
    template: ReportTemplateRow,
    *,
    owner: str,
    recipients: Sequence[str],
    kind: str,
    rhythm: Rhythm,
    now: float,
    zone: ZoneInfo,
) -> ReportScheduleRow:
    """Recipients are e-mail addresses, checked before. Raises InvalidInput."""
    if kind not in FORMATS:
        raise InvalidInput(f"send it as one of {', '.join(FORMATS)}")
    mine = select(func.count()).where(ReportScheduleRow.owner == owner)
    if (session.scalar(mine) or 0) >= MOST:
        raise InvalidInput(f"you have {MOST} schedules; delete one first")
    row = ReportScheduleRow(
        template_id=template.id, owner=owner, recipients=list(recipients), format=kind,
        rhythm=rhythm.kind, minute=rhythm.minute, weekday=rhythm.weekday,
        month_day=rhythm.month_day, active=True, made_at=now,
        next_due_at=next_due(rhythm, now, zone),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def schedule_for(session: Session, number: int, username: str, role: str) -> ReportScheduleRow:
    """To change it: its owner or an admin. Raises NotFound, Forbidden."""
    row = session.get(ReportScheduleRow, number)
    if row is None:
        raise NotFound("there is no such schedule; it may have been deleted")
    if row.owner != username and role != "admin":
        raise Forbidden(f"this schedule belongs to {row.owner}; ask them or an administrator")
    return row


def set_active(row: ReportScheduleRow, active: bool, now: float, zone: ZoneInfo) -> None:
    """One that was off goes on with its next due time; what it missed stays missed."""
    row.active = active
    if active:
        row.next_due_at = next_due(rhythm_of(row), now, zone)


def send_now(session: Session, row: ReportScheduleRow, now: float) -> None:
    """One more due time: this instant. Raises Conflict when that is asked twice in a minute."""
    just_now = select(ReportDeliveryRow.due_at).where(
        ReportDeliveryRow.schedule_id == row.id, ReportDeliveryRow.due_at > now - BETWEEN_SECONDS
    )
    if session.scalar(just_now.limit(1)) is not None:
        raise Conflict("it is on its way already; a minute later it can be sent once more")
    _write_deliveries(session, row, now, now)


def may_send(session: Session, owner: str) -> bool:
    """Whether there is somebody who may see reports and answers for what goes out."""
    found = session.scalar(select(UserRow).where(UserRow.username == owner))
    return found is not None and found.active and found.role != "agent"


def make_due(session: Session, now: float, zone: ZoneInfo) -> int:
    """Writes the deliveries of every schedule whose time has come; how many schedules. The move
    to the next due time and the deliveries are one transaction, the caller's."""
    query = select(ReportScheduleRow).where(
        ReportScheduleRow.active, ReportScheduleRow.next_due_at <= now
    )
    return sum(_make_due(session, row, now, zone) for row in session.scalars(query).all())


def _make_due(session: Session, row: ReportScheduleRow, now: float, zone: ZoneInfo) -> bool:
    if not may_send(session, row.owner):
        row.active = False  # nobody is responsible for it any more; the page says so
        return False
    rhythm, first = rhythm_of(row), row.next_due_at
    moved = session.execute(
        update(ReportScheduleRow)
        .where(ReportScheduleRow.id == row.id, ReportScheduleRow.next_due_at == first)
        .values(next_due_at=next_due(rhythm, now, zone))
        .execution_options(synchronize_session=False)
    )
    if getattr(moved, "rowcount", 0) != 1:  # another process was faster
        return False
    _write_deliveries(session, row, newest_due(rhythm, first, now, zone), now)
    return True


def _write_deliveries(session: Session, row: ReportScheduleRow, due: float, now: float) -> None:
    session.add_all(
        ReportDeliveryRow(
            schedule_id=row.id, due_at=due, recipient=each, state=WAITING, tries=0,
            next_try_at=now, claimed_by="", claimed_until=0.0, error="", sent_at=None,
        )
        for each in row.recipients
    )  # fmt: skip
