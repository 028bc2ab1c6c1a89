"""What was promised: the callbacks of every campaign for supervisors, the own ones for agents."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callcenter.control import ControlClient
from callcenter.db.campaign_store import load_campaigns
from callcenter.db.site_store import load_site
from callcenter.dialer.leads import callbacks
from callcenter.dialer.leads.why import why_promises_wait
from callcenter.domain.errors import CallcenterError, NotFound
from web.access import current_user, requires, sight
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.seen import seen_campaigns
from web.services import services

SHOWN = 200
SHOWN_TO_AGENT = 20
DEADLINE_SECONDS = 5.0


@blueprint.get("/dialer/callbacks")
@requires("supervisor")
def promised_callbacks() -> str:
    with services().sessions() as session:
        seen, now = seen_campaigns(session), services().clock()
        titles = {each.name: each.title for each in seen}
        rows = callbacks.promised(session, list(titles), SHOWN + 1)
        waits = why_promises_wait(session, (row for row, _ in rows[:SHOWN]), seen, now)
        site = load_site(session)
    return render_template(
        "campaigns/callbacks.html", rows=rows[:SHOWN], more=len(rows) > SHOWN, titles=titles,
        agents={each.number: each.name for each in site.agents}, zone=site.timezone,
        now=now, waits=waits, sight=sight(),
    )  # fmt: skip


@blueprint.post("/dialer/callbacks/<int:callback_id>/anyone")
@requires("admin")
def callback_by_anyone(callback_id: int) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        row = callbacks.give_to_anyone(session, callback_id)
        audit(session, "callback_given_to_anyone", f"lead {row.lead_id}", row.campaign)
    flash("Whoever is free makes that call.")
    return redirect(url_for("campaigns.promised_callbacks"))


@blueprint.post("/dialer/callbacks/<int:callback_id>/cancel")
@requires("admin")
def cancel_callback(callback_id: int) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        callbacks.cancel(session, callback_id)
        audit(session, "callback_cancelled", f"callback {callback_id}")
    flash("That callback is taken back.")
    return redirect(url_for("campaigns.promised_callbacks"))


@blueprint.post("/me/callbacks/dial")
@requires("agent")
def dial_callback() -> ResponseReturnValue:
    """Makes a call that this agent promised, now: the rules are asked as for every other."""
    user, lead = current_user(), request.form.get("lead", "")
    asked: dict[str, Any] = {
        "agent": user.agent, "campaign": request.form.get("campaign", ""),
        "lead": int(lead) if lead.isdecimal() and len(lead) < 12 else 0,
    }  # fmt: skip
    with services().sessions.begin() as session:
        if not callbacks.is_kept_for(session, user.agent, asked["campaign"], asked["lead"]):
            raise NotFound("you promised no such callback, or somebody made it meanwhile")
        audit(session, "callback_dialed", f"lead {asked['lead']}", asked["campaign"][:40])
    try:
        client = ControlClient(services().settings.dialer_socket)
        client.request("dial", asked, by=user.username, deadline_seconds=DEADLINE_SECONDS)
    except CallcenterError as refused:
        flash(str(refused))
        return redirect(url_for("campaigns.preview"))
    flash("The call goes out. Your phone rings first.")
    return redirect(url_for("campaigns.preview", _anchor="my-calls"))


def own_callbacks(session: Session, agent: str) -> dict[str, Any]:
    """What the part of an agent's page asks for."""
    titles = {each.name: each.title for each in load_campaigns(session)}
    rows = callbacks.promised(session, list(titles), SHOWN_TO_AGENT, agent) if agent else []
    return {"promises": rows, "campaign_titles": titles, "now": services().clock()}
