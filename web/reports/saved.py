"""`/reports/saved`: reports kept under a name, own and shared ones, and what goes out by e-mail."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.db.models.reports import ReportDeliveryRow, ReportScheduleRow, ReportTemplateRow
from callcenter.db.site_store import load_site
from callcenter.mail.recipients import allowed_words
from callcenter.mail.smtp import refuse_settings
from callcenter.reports.due import RHYTHMS
from callcenter.reports.question import PERIODS
from callcenter.reports.schedules import FORMATS
from callcenter.reports.shown import WEEKDAYS
from callcenter.reports.table import REPORTS
from callcenter.reports.templates import (
    delete_template,
    save_template,
    sharing_choices,
    templates_for,
)
from callcenter.settings import SettingsError
from web.access import current_user, requires
from web.auditing import audit
from web.formats import local_time
from web.reports.blueprint import blueprint
from web.services import services

QUESTION = ("period", "from", "to", "by", "queue", "agent")
NEWEST_DELIVERIES = 12  # of a schedule
DELIVERY_STATES = {
    "waiting": ("Waiting", "info"), "claimed": ("Being made", "info"),
    "sending": ("Being sent", "info"), "sent": ("Sent", "good"), "failed": ("Failed", "bad"),
    "unsure": ("Unsure", "warn"),
}  # fmt: skip


@blueprint.get("/reports/saved")
@requires("supervisor")
def saved() -> str:
    user = current_user()
    with services().sessions() as session:
        templates = templates_for(session, user.username, user.role)
        known = {each.id for each in templates}
        schedules = _schedules(session, known, user.username, everybody=user.role == "admin")
        others = _others(session, schedules, known) if user.role == "admin" else []
        newest = {each.id: _deliveries(session, each) for one in schedules.values() for each in one}
        site = load_site(session)
    return render_template(
        "reports/saved.html",
        templates=[*templates, *others],
        schedules=schedules,
        deliveries=newest,
        delivery_states=DELIVERY_STATES,
        reports=REPORTS,
        periods=PERIODS,
        sharing=sharing_choices(),
        rhythms=RHYTHMS,
        weekdays=WEEKDAYS,
        formats=FORMATS,
        words=rhythm_words,
        mail_problem=_mail_problem(),
        mail_to=allowed_words(services().settings),
        zone=site.timezone,
        local=lambda at: local_time(at, site.timezone)[:16],
    )


@blueprint.post("/reports/templates")
@requires("supervisor")
def save() -> Response:
    """The report as the page shows it, under a name; the same name again changes it."""
    form = request.form
    asked = {name: form.get(f"asked_{name}", "")[:80] for name in QUESTION}
    question = {name: text for name, text in asked.items() if text}
    with services().sessions.begin() as session:
        row = save_template(
            session, name=form.get("template_name", ""), report=form.get("report", ""),
            question=question, hidden=form.getlist("hidden"), owner=current_user().username,
            shared_with=form.get("shared_with", ""), at=services().clock(),
        )  # fmt: skip
        detail = f"{row.report}, shared with {row.shared_with or 'nobody'}"
        audit(session, "report_template_saved", row.name, detail)
        name, number = row.name, row.id
    flash(f"Saved as “{name}”.")
    return redirect(url_for("reports.saved") + f"#template-{number}")


@blueprint.post("/reports/templates/<int:number>/delete")
@requires("supervisor")
def delete(number: int) -> Response:
    user = current_user()
    with services().sessions.begin() as session:
        row = delete_template(session, number, user.username, user.role)
        audit(session, "report_template_deleted", row.name, f"of {row.owner}")
        name = row.name
    flash(f"“{name}” is deleted; nothing of it goes out any more.")
    return redirect(url_for("reports.saved"))


def rhythm_words(row: ReportScheduleRow) -> str:
    """`Every week on Monday at 07:00`."""
    hour, minute = divmod(row.minute, 60)
    which = {"weekly": f" {WEEKDAYS[row.weekday]}", "monthly": f" {row.month_day}"}
    return f"{RHYTHMS[row.rhythm]}{which.get(row.rhythm, '')} at {hour:02}:{minute:02}"


def _schedules(
    session: Session, templates: set[int], username: str, *, everybody: bool
) -> dict[int, list[ReportScheduleRow]]:
    """Template → the schedules this person may change."""
    query = select(ReportScheduleRow).order_by(ReportScheduleRow.id)
    if not everybody:
        query = query.where(
            ReportScheduleRow.owner == username, ReportScheduleRow.template_id.in_(templates)
        )
    found: dict[int, list[ReportScheduleRow]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.template_id].append(row)
    return found


def _others(
    session: Session, schedules: dict[int, Any], known: set[int]
) -> list[ReportTemplateRow]:
    """Templates that are nobody else's business but for their e-mails: an admin sees those."""
    missing = schedules.keys() - known
    query = select(ReportTemplateRow).where(ReportTemplateRow.id.in_(missing))
    return list(session.scalars(query.order_by(ReportTemplateRow.name)))


def _deliveries(session: Session, row: ReportScheduleRow) -> list[ReportDeliveryRow]:
    query = (
        select(ReportDeliveryRow)
        .where(ReportDeliveryRow.schedule_id == row.id)
        .order_by(ReportDeliveryRow.due_at.desc(), ReportDeliveryRow.recipient)
        .limit(NEWEST_DELIVERIES)
    )
    return list(session.scalars(query))


def _mail_problem() -> str:
    """Why no e-mail can go out; empty: it can."""
    try:
        refuse_settings(services().settings)
    except SettingsError as error:
        return str(error)
    return ""
