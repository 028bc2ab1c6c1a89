"""One lead typed by hand: added, or put right later."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.dialer.leads import manage
from callcenter.dialer.leads.change import change_lead, mark_of, values_of_lead
from callcenter.dialer.leads.columns import CUSTOM, TITLES, custom_name
from callcenter.domain.errors import Conflict, InvalidInput
from web.access import current_user, requires
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.campaigns import custom_fields
from web.services import services

NOT_CHANGED = ("consent",)  # a consent is written down with its source, on the lead's page


@blueprint.get("/dialer/leads/new")
@requires("admin")
def new_lead() -> str:
    return _page({}, "")


@blueprint.post("/dialer/leads/new")
@requires("admin")
def add_lead() -> ResponseReturnValue:
    values, name = _typed(), request.form.get("list", "")
    with services().sessions.begin() as session:
        try:
            by = current_user().username
            lead = manage.add_lead(session, name, values, services().clock(), by)
            audit(session, "lead_added", f"lead {lead}", name)
        except (InvalidInput, Conflict) as refused:
            session.rollback()
            return _page(values, str(refused)), 400
    flash(f"Lead {lead} is added.")
    return redirect(url_for("campaigns.lead", lead_id=lead))


@blueprint.get("/dialer/leads/<int:lead_id>/change")
@requires("admin")
def change_lead_form(lead_id: int) -> str:
    with services().sessions() as session:
        values = values_of_lead(session, lead_id)
    return _page(values, "", lead_id, mark_of(values))


@blueprint.post("/dialer/leads/<int:lead_id>/change")
@requires("admin")
def change_lead_submitted(lead_id: int) -> ResponseReturnValue:
    values, mark = _typed(), request.form.get("mark", "")
    with services().sessions.begin() as session:
        try:
            changed = change_lead(session, lead_id, values, services().clock(), mark)
            if changed:  # the names alone: what they said belongs to the person
                audit(session, "lead_changed", f"lead {lead_id}", ", ".join(changed)[:500])
        except (InvalidInput, Conflict) as refused:
            session.rollback()
            return _page(values, str(refused), lead_id, mark), 400
    flash(f"Lead {lead_id} is changed." if changed else "Nothing was different.")
    return redirect(url_for("campaigns.lead", lead_id=lead_id))


def _typed() -> dict[str, str]:
    """The fields of the form; one more of its own by name and value."""
    form = request.form
    values = {
        name: text.strip() for name, text in form.items() if name in TITLES or _is_custom(name)
    }
    title, text = form.get("own_name", "").strip(), form.get("own_value", "").strip()
    return values | ({CUSTOM + custom_name(title): text} if title and text else {})


def _is_custom(name: str) -> bool:
    return name.startswith(CUSTOM)


def _page(values: Mapping[str, str], refusal: str, lead_id: int = 0, mark: str = "") -> str:
    with services().sessions() as session:
        lists = [figures.row for figures in manage.lists_with_figures(session)]
        own = dict.fromkeys([*filter(_is_custom, values), *custom_fields(session)])
    titles = {
        name: title for name, title in TITLES.items() if not lead_id or name not in NOT_CHANGED
    }
    titles |= {name: name.removeprefix(CUSTOM).replace("_", " ").capitalize() for name in own}
    return render_template(
        "campaigns/lead_form.html", lists=lists, titles=titles, values=values, lead_id=lead_id,
        wanted=request.values.get("list", ""), mark=mark, refusal=refusal,
    )  # fmt: skip
