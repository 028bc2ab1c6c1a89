"""Who may not be called: numbers, outside lists with their age, files of our own."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import campaign_names, load_campaigns
from callcenter.db.models.permissions import DoNotCallFileRow, DoNotCallRow, OutsideListRow
from callcenter.db.site_store import load_site
from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads import do_not_call as entries
from callcenter.dialer.leads.number_file import RefusedRows
from callcenter.domain.errors import InvalidInput
from web.access import current_user, requires, sight
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.seen import seen_entries
from web.services import services

SHOWN = 100
WARN_SECONDS = 7 * 86400.0


@blueprint.get("/dialer/do-not-call")
@requires("supervisor")
def do_not_call() -> str:
    return do_not_call_page("")


@blueprint.post("/dialer/do-not-call")
@requires("admin")
def enter() -> ResponseReturnValue:
    typed = request.form
    with services().sessions.begin() as session:
        try:
            number = e164(typed.get("number", ""), typed.get("country", "").strip().upper())
            added = _add(
                session, number, typed.get("reason", ""), typed.get("campaign", ""), "page"
            )
        except InvalidInput as refused:
            session.rollback()
            return do_not_call_page(str(refused)), 400
    flash(f"{number} will not be called." if added else f"{number} is on the list already.")
    return redirect(url_for("campaigns.do_not_call"))


@blueprint.post("/dialer/do-not-call/remove")
@requires("admin")
def remove() -> ResponseReturnValue:
    typed = request.form
    number, scope, name = (typed.get(key, "") for key in ("number", "scope", "scope_name"))
    with services().sessions.begin() as session:
        entries.remove(session, number, scope, name)  # type: ignore[arg-type]
        audit(session, "do_not_call_removed", number, f"{scope} {name}".strip())
    flash(f"{number} may be called again.")
    return redirect(url_for("campaigns.do_not_call", q=number))


def _add(session: Session, number: str, reason: str, campaign: str, source: str) -> bool:
    if campaign and campaign not in campaign_names(session):
        raise InvalidInput(f"there is no campaign {campaign}")
    by, now = current_user().username, services().clock()
    added = entries.add(
        session, number, now, source=source, by=by, reason=reason.strip()[:500], campaign=campaign
    )
    if added:
        audit(session, "do_not_call_added", number, campaign)
    return added


def do_not_call_page(refusal: str, loaded: tuple[int, RefusedRows] | None = None) -> str:
    """`loaded`: how many numbers a file had, and its rows that were none."""
    words = "" if sight().masks else request.args.get("q", "").strip()
    with services().sessions() as session:
        ours = (DoNotCallRow.source != "file", seen_entries(session))
        query = select(DoNotCallRow).where(*ours)
        if words:
            digits = "".join(letter for letter in words if letter.isdigit())
            found = DoNotCallRow.number.contains(digits or "none")
            query = select(DoNotCallRow).where(found, seen_entries(session))
        rows = list(session.scalars(query.order_by(DoNotCallRow.added_at.desc()).limit(SHOWN)))
        lists = list(session.scalars(select(OutsideListRow).order_by(OutsideListRow.name)))
        files = list(session.scalars(select(DoNotCallFileRow).order_by(DoNotCallFileRow.name)))
        own = select(func.count()).select_from(DoNotCallRow).where(*ours)
        count = session.scalar(own) or 0
        campaigns, zone = load_campaigns(session), load_site(session).timezone
        until = {each.name: entries.good_until(each, campaigns) for each in lists}
    return render_template(
        "campaigns/do_not_call.html", rows=rows, lists=lists, until=until, count=count, words=words,
        campaigns=campaigns, zone=zone, now=services().clock(), warn=WARN_SECONDS,
        refusal=refusal, typed=request.form, sight=sight(), files=files, loaded=loaded,
    )  # fmt: skip
