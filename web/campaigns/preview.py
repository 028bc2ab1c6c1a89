"""An agent's next lead of a preview or manual campaign: looked at, then dialed or skipped. The
dialer holds it for the agent; nothing is dialed before they say so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.control import ControlClient
from callcenter.db.campaign_store import load_campaigns
from callcenter.db.site_store import load_site
from callcenter.dialer.leads.columns import TITLES
from callcenter.dialer.leads.said import Word, calls_of_agent, say
from callcenter.domain.campaign import BY_HAND, Campaign
from callcenter.domain.errors import CallcenterError, Conflict, InvalidInput, NotFound
from callcenter.domain.site import Site
from web.access import current_user, requires, sight
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.callbacks import own_callbacks
from web.services import services

DEADLINE_SECONDS = 5.0
REASONS = ("Called before", "Not the right time", "Wrong record", "Something else")


@blueprint.get("/me/leads")
@requires("agent")
def preview() -> str:
    return _page("")


@blueprint.get("/me/leads/calls")
@requires("agent")
def my_calls() -> str:
    """The part of the page that a call changes; its script fetches it again and again."""
    return render_template("campaigns/my_calls.html", **_calls_shown())


@blueprint.post("/me/leads/said")
@requires("agent")
def said() -> ResponseReturnValue:
    """What a call came to: `attempt`, `code`, and for a callback `wall`, `mine`, `note`."""
    typed, user = request.form, current_user()
    attempt, note = typed.get("attempt", ""), typed.get("note", "")[:1000]
    word = Word(typed.get("code", ""), typed.get("wall", ""), "mine" in typed, note)
    with services().sessions.begin() as session:
        try:
            noted = say(session, user.agent, attempt, word, services().clock(), user.username)
            audit(session, "lead_disposition", attempt[:40], word.code)
        except (InvalidInput, NotFound) as refused:
            session.rollback()
            return _page(str(refused)), 400
    flash(f"Noted: {noted.title}.")
    return redirect(url_for("campaigns.preview"))


@blueprint.post("/me/leads/next")
@requires("agent")
def next_lead() -> ResponseReturnValue:
    name = request.form.get("campaign", "")
    mine = _mine()
    campaign = next((each for each in mine if each.name == name), None)
    if campaign is None:
        raise Conflict(f"campaign {name} is none of yours, or it does not run; choose another")
    try:
        offer = _ask("next_lead", {"campaign": name, "agent": current_user().agent})
    except CallcenterError as refused:
        return _page(str(refused)), 409
    if not offer:
        flash(
            f"No lead of {campaign.title} may be called just now: those left wait for their hours, "
            "a retry or another agent. Try again in a few minutes."
        )
        return _page("")
    seen = _shown(offer)
    return render_template(
        "campaigns/preview.html", campaigns=mine, campaign=campaign, offer=seen, calls=(),
        script=script_for(campaign.script, seen["values"]), reasons=REASONS, titles=TITLES,
        refusal="",
    )  # fmt: skip


@blueprint.post("/me/leads/dial")
@requires("agent")
def dial_lead() -> ResponseReturnValue:
    return _decided("dial", {}, "lead_dialed", "The call goes out. Your phone rings first.")


@blueprint.post("/me/leads/skip")
@requires("agent")
def skip_lead() -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()[:60] or "no reason given"
    answer = _decided("skip", {"reason": reason}, "lead_skipped", "Skipped.")
    is_done = not isinstance(answer, tuple)
    return next_lead() if is_done and "campaign" in request.form else answer


def script_for(script: str, values: Mapping[str, str]) -> str:
    """The script with the lead's fields; a name that the lead has not is left out."""
    return re.sub(r"\{(\w{1,40})\}", lambda found: str(values.get(found[1], "")), script)


def _decided(
    command: str, arguments: dict[str, str], action: str, said: str
) -> ResponseReturnValue:
    attempt = request.form.get("attempt", "")
    with services().sessions.begin() as session:
        audit(session, action, f"attempt {attempt}"[:80], arguments.get("reason", ""))
    try:
        _ask(command, {"attempt": attempt, "agent": current_user().agent, **arguments})
    except CallcenterError as refused:
        return _page(str(refused)), 409
    flash(said)
    return redirect(url_for("campaigns.preview", _anchor="my-calls"))


def _ask(command: str, arguments: dict[str, str]) -> dict[str, Any]:
    if not arguments["agent"]:
        raise Conflict("your account has no agent number; ask an administrator to give it one")
    client = ControlClient(services().settings.dialer_socket)
    return client.request(
        command, arguments, by=current_user().username, deadline_seconds=DEADLINE_SECONDS
    )


def _page(refusal: str) -> str:
    """Where the next lead is asked for, and the last calls say what they came to."""
    return render_template(
        "campaigns/preview.html", campaigns=_mine(), offer=None, refusal=refusal, **_calls_shown()
    )


def _calls_shown() -> dict[str, Any]:
    agent, now = current_user().agent, services().clock()
    with services().sessions() as session:
        calls = calls_of_agent(session, agent, now) if agent else []
        zone, promises = load_site(session).timezone, own_callbacks(session, agent)
    scripts = {
        each.attempt.id: script_for(
            each.campaign.script, _seen_values(each.lead.values if each.lead else {})
        )
        for each in calls
    }
    shown = {"calls": calls, "scripts": scripts, "titles": TITLES, "zone": zone, "sight": sight()}
    return shown | promises


def _shown(offer: dict[str, Any]) -> dict[str, Any]:
    """As this role sees numbers."""
    seen = sight()
    return offer | {
        "number": seen.number(offer["number"]), "values": _seen_values(offer["values"]),
    }  # fmt: skip


def _seen_values(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: sight().words(str(value)) for name, value in values.items()}


def _mine() -> list[Campaign]:
    """Running campaigns that agents dial by hand, of queues this agent is in."""
    with services().sessions() as session:
        queues = _queues(load_site(session), current_user().agent)
        return [
            each
            for each in load_campaigns(session)
            if each.state == "running" and each.mode in BY_HAND and each.queue in queues
        ]


def _queues(site: Site, agent: str) -> set[str]:
    return {each.queue for a in site.agents if a.number == agent for each in a.queues}
