"""Lead lists: what is in them, made, changed, recycled, exported."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from callcenter.db.campaign_store import load_campaigns
from callcenter.db.site_store import site_zone
from callcenter.dialer.leads import manage
from callcenter.dialer.leads.imports import import_rows
from callcenter.domain.errors import Conflict, InvalidInput
from web.access import requires
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.conditions import condition_control, read_condition
from web.downloads import rows_as_file
from web.services import services


@blueprint.get("/dialer/lists")
@requires("admin")
def lists() -> str:
    with services().sessions() as session:
        figures = manage.lists_with_figures(session)
        imports = [(row, name) for row, name in import_rows(session)][:20]
        titles, zone = _titles(session), str(site_zone(session))
    return render_template(
        "campaigns/lists.html", lists=figures, imports=imports, titles=titles, zone=zone
    )


@blueprint.get("/dialer/lists/new")
@requires("admin")
def new_list() -> str:
    return render_template("campaigns/list_form.html", name="", typed={}, refusal="")


@blueprint.post("/dialer/lists/new")
@requires("admin")
def make_list() -> ResponseReturnValue:
    typed = request.form
    with services().sessions.begin() as session:
        try:
            row = manage.make_list(
                session,
                typed.get("name", "").strip(),
                typed.get("title", "").strip() or typed.get("name", "").strip(),
                typed.get("country", "").strip().upper(),
                services().clock(),
            )
            audit(session, "lead_list_made", row.name)
        except (InvalidInput, Conflict) as refused:
            session.rollback()
            page = render_template(
                "campaigns/list_form.html", name="", typed=typed, refusal=str(refused)
            )
            return page, 400
    flash(f"List {row.name} is made. Load a file into it.")
    return redirect(url_for("campaigns.upload", list=row.name))


@blueprint.get("/dialer/lists/edit/<name>")
@requires("admin")
def edit_list(name: str) -> str:
    return _list_page(name, "", MultiDict(), None)


@blueprint.post("/dialer/lists/edit/<name>")
@requires("admin")
def change_list(name: str) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        try:
            manage.change_list(
                session,
                name,
                request.form.get("title", "").strip(),
                request.form.get("country", "").strip().upper(),
                active="active" in request.form,
            )
            audit(session, "lead_list_changed", name)
        except InvalidInput as refused:
            session.rollback()
            return _list_page(name, str(refused), MultiDict(), None), 400
    flash(f"Saved list {name}.")
    return redirect(url_for("campaigns.lists"))


@blueprint.post("/dialer/lists/recycle/<name>")
@requires("admin")
def recycle(name: str) -> ResponseReturnValue:
    """Counts first (`count`), then does it."""
    now = services().clock()
    with services().sessions.begin() as session:
        try:
            condition = read_condition(session, request.form)
            if "do" not in request.form:
                count = manage.count_to_recycle(session, name, condition, now)
                return _list_page(name, "", request.form, count)
            count = manage.recycle(session, name, condition, now)
        except InvalidInput as refused:
            session.rollback()
            return _list_page(name, str(refused), request.form, None), 400
        audit(session, "leads_recycled", name, f"{count}: {condition}")
    flash(f"{count:,} leads of {name} are open again." if count != 1 else "One lead is open again.")
    return redirect(url_for("campaigns.edit_list", name=name))


@blueprint.post("/dialer/lists/delete/<name>")
@requires("admin")
def delete_list(name: str) -> ResponseReturnValue:
    if request.form.get("name") != name:
        return _list_page(name, "type the list's name to delete it", MultiDict(), None), 400
    with services().sessions.begin() as session:
        try:
            count = manage.delete_list(session, name)
        except Conflict as refused:
            session.rollback()
            return _list_page(name, str(refused), MultiDict(), None), 409
        audit(session, "lead_list_deleted", name, f"{count} leads")
    flash(f"Deleted list {name} with {count} leads.")
    return redirect(url_for("campaigns.lists"))


@blueprint.post("/dialer/lists/export/<name>")
@requires("admin")
def export_list(name: str) -> Response:
    """A POST, since it takes people's data away and is written down."""
    sessions = services().sessions
    with sessions.begin() as session:
        manage.find_list(session, name)
        audit(session, "leads_exported", name)

    def rows() -> Iterator[list[str]]:
        with sessions() as session:
            yield from manage.exported(session, name)

    return rows_as_file(rows(), name, request.form.get("kind", "csv"))


def _titles(session: Session) -> dict[str, str]:
    return {each.name: each.title for each in load_campaigns(session)}


def _list_page(name: str, refusal: str, typed: MultiDict[str, str], matching: int | None) -> str:
    with services().sessions() as session:
        row = manage.find_list(session, name)
        figures = next(f for f in manage.lists_with_figures(session) if f.row.name == name)
        imports = list(import_rows(session, name))
        controls, titles = condition_control(session, typed), _titles(session)
        zone = str(site_zone(session))
    return render_template(
        "campaigns/list.html", list=row, figures=figures, imports=imports, controls=controls,
        refusal=refusal, matching=matching, titles=titles, zone=zone,
    )  # fmt: skip
