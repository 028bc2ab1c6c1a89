"""`/audit`: newest first, filtered, a page at a time."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement, select

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.site_store import load_site
from callcenter.domain.display import display_text
from web.access import requires
from web.services import services

blueprint = Blueprint("audit", __name__, template_folder="templates")

PAGE_ENTRIES = 100
FILTERS = ("by", "action", "subject")


@blueprint.get("/audit")
@requires("admin")
def page() -> str:
    chosen = {name: display_text(request.args.get(name, "")).strip() for name in FILTERS}
    before = request.args.get("before", type=int)
    with services().sessions() as database:
        entries = database.scalars(
            select(AuditEntryRow)
            .where(*_conditions(chosen, before))
            .order_by(AuditEntryRow.id.desc())
            .limit(PAGE_ENTRIES + 1)
        ).all()
        actions = database.scalars(
            select(AuditEntryRow.action).distinct().order_by(AuditEntryRow.action)
        ).all()
        zone = load_site(database).timezone
    more = len(entries) > PAGE_ENTRIES
    return render_template(
        "audit/page.html",
        entries=entries[:PAGE_ENTRIES],
        more=more,
        chosen=chosen,
        actions=actions,
        zone=zone,
    )


def _conditions(chosen: dict[str, str], before: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen["by"]:
        conditions.append(AuditEntryRow.by == chosen["by"])
    if chosen["action"]:
        conditions.append(AuditEntryRow.action == chosen["action"])
    if chosen["subject"]:
        conditions.append(AuditEntryRow.subject.contains(chosen["subject"], autoescape=True))
    if before is not None:
        conditions.append(AuditEntryRow.id < before)
    return conditions
