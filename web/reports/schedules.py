"""What people do with the e-mails of a template: schedule, pause, send now, send again, delete."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from callcenter.db.site_store import load_site
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.mail.addresses import read_addresses
from callcenter.mail.recipients import refuse_outside
from callcenter.reports import schedules as store
from callcenter.reports.deliveries import Key, try_again
from callcenter.reports.due import Rhythm
from callcenter.reports.templates import template_for
from web.access import current_user, requires
from web.auditing import audit
from web.reports.blueprint import blueprint
from web.reports.saved import rhythm_words
from web.services import services

CHANGES = {"pause": "paused", "resume": "goes on", "send": "is on its way", "delete": "is deleted"}


@blueprint.post("/reports/templates/<int:number>/schedules")
@requires("supervisor")
def schedule(number: int) -> Response:
    form, user = request.form, current_user()
    recipients = read_addresses(form.get("recipients", ""))
    refuse_outside(services().settings, recipients)
    rhythm = _rhythm(form)
    with services().sessions.begin() as session:
        template = template_for(session, number, user.username, user.role)
        row = store.add_schedule(
            session, template, owner=user.username, recipients=recipients,
            kind=form.get("format", ""), rhythm=rhythm, now=services().clock(),
            zone=ZoneInfo(load_site(session).timezone),
        )  # fmt: skip
        audit(session, "report_scheduled", template.name, f"{row.format} to {_listed(recipients)}")
        words = rhythm_words(row)
    flash(f"It goes out: {words[:1].lower()}{words[1:]}.")
    return _back(number)


@blueprint.post("/reports/schedules/<int:number>/<change>")
@requires("supervisor")
def change_schedule(number: int, change: str) -> Response:
    if change not in CHANGES:
        raise InvalidInput(f"choose one of {', '.join(CHANGES)}")
    user, now = current_user(), services().clock()
    with services().sessions.begin() as session:
        row = store.schedule_for(session, number, user.username, user.role)
        template = row.template_id
        audit(session, f"report_schedule_{change}", f"schedule {number}", _listed(row.recipients))
        if change == "delete":
            session.delete(row)
        elif change == "send":
            store.send_now(session, row, now)
        else:
            zone = ZoneInfo(load_site(session).timezone)
            store.set_active(row, change == "resume", now, zone)
    flash(f"The e-mail {CHANGES[change]}.")
    return _back(template)


@blueprint.post("/reports/schedules/<int:number>/again")
@requires("supervisor")
def send_again(number: int) -> Response:
    """One e-mail that failed, or of which nobody knows whether it arrived."""
    user, form = current_user(), request.form
    recipient = form.get("recipient", "")
    try:
        due_at = float(form.get("due_at", ""))
    except ValueError:
        raise InvalidInput("say which e-mail") from None
    with services().sessions.begin() as session:
        row = store.schedule_for(session, number, user.username, user.role)
        if not try_again(session, Key(number, due_at, recipient), services().clock()):
            raise Conflict("that e-mail neither failed nor is in doubt; look again")
        audit(session, "report_sent_again", f"schedule {number}", recipient)
        template = row.template_id
    flash("The e-mail is on its way again.")
    return _back(template)


def _rhythm(form: MultiDict[str, str]) -> Rhythm:
    hour, _, minute = form.get("time", "").partition(":")
    numbers = [hour, minute, form.get("weekday", "0"), form.get("month_day", "1")]
    if not all(each.isascii() and each.isdigit() and len(each) < 3 for each in numbers):
        raise InvalidInput("write the time as 07:00")
    whole = [int(each) for each in numbers]
    if whole[0] > 23 or whole[1] > 59:
        raise InvalidInput("write the time as 07:00")
    return Rhythm(form.get("rhythm", ""), whole[0] * 60 + whole[1], whole[2], whole[3])


def _listed(recipients: list[str]) -> str:
    return ", ".join(recipients)


def _back(template: int) -> Response:
    return redirect(url_for("reports.saved") + f"#template-{template}")
