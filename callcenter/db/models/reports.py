"""What people keep about reports: columns, templates, schedules, e-mail, long runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

Instant = Float(53)


class ReportColumnsRow(Base):
    """The columns that one person has taken out of one report."""

    __tablename__ = "report_columns"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    report: Mapped[str] = mapped_column(String(40), primary_key=True)
    hidden: Mapped[list[str]] = mapped_column(JSON)


class ReportTemplateRow(Base):
    """A report with its question, under a name. `question` is what the page's address carries."""

    __tablename__ = "report_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    report: Mapped[str] = mapped_column(String(40))
    question: Mapped[dict[str, str]] = mapped_column(JSON)
    hidden: Mapped[list[str]] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(80))  # user name
    shared_with: Mapped[str] = mapped_column(String(20))  # empty: nobody; everyone; or a role
    made_at: Mapped[float] = mapped_column(Instant)


class ReportScheduleRow(Base):
    """When a template goes out by e-mail, to whom and as what. Times are the site's."""

    __tablename__ = "report_schedules"
    __table_args__ = (Index(None, "active", "next_due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(
        ForeignKey("report_templates.id", ondelete="CASCADE"), index=True
    )
    owner: Mapped[str] = mapped_column(String(80))
    recipients: Mapped[list[str]] = mapped_column(JSON)
    format: Mapped[str] = mapped_column(String(8))
    rhythm: Mapped[str] = mapped_column(String(16))  # daily, weekdays, weekly, monthly
    weekday: Mapped[int]  # of weekly; Monday is 0
    month_day: Mapped[int]  # of monthly; a shorter month's last day stands in
    minute: Mapped[int]  # of the local day
    active: Mapped[bool]
    next_due_at: Mapped[float] = mapped_column(Instant)
    made_at: Mapped[float] = mapped_column(Instant)


class ReportDeliveryRow(Base):
    """One e-mail: one recipient of one due time. The key makes it one, whoever restarts when.

    state: waiting (until next_try_at), claimed (being prepared, nothing said to a server yet),
    sending (the text is going over the line), sent, failed, or unsure (cut off while sending).
    """

    __tablename__ = "report_deliveries"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("report_schedules.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[float] = mapped_column(Instant, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    next_try_at: Mapped[float] = mapped_column(Instant)
    claimed_by: Mapped[str] = mapped_column(String(32))  # this try's own id
    claimed_until: Mapped[float] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[float | None] = mapped_column(Instant)


class ReportRunRow(Base):
    """A report that took longer than a page waits. `active_key` is unique while it runs, so that
    the same question is never worked on twice; its rows are a file under report-runs/ then."""

    __tablename__ = "report_runs"
    __table_args__ = (Index(None, "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    active_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    report: Mapped[str] = mapped_column(String(40))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16))  # running, done, failed, cancelled
    days: Mapped[float] = mapped_column(Instant)  # asked about
    started_at: Mapped[float] = mapped_column(Instant)
    seen_at: Mapped[float] = mapped_column(Instant)  # the runner's last sign of life
    ended_at: Mapped[float | None] = mapped_column(Instant)
    row_count: Mapped[int]
    cancelled_by: Mapped[str] = mapped_column(String(80))
    error: Mapped[str] = mapped_column(Text)
