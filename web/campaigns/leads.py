"""Leads: search, one lead with why it is not dialed, and what people do with it by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaigns
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow, ConsentRow
from callcenter.db.site_store import load_site
from callcenter.dialer.leads import callbacks, do_not_call, manage
from callcenter.dialer.leads.columns import TITLES
from callcenter.dialer.leads.why import WhyAnswer, why
from callcenter.domain.errors import InvalidInput, NotFound
from web.access import current_user, requires, sight
from web.auditing import audit
from web.campaign_board.words import OUTCOME_TONES, OUTCOME_WORDS, cause_words
from web.campaigns.blueprint import blueprint
from web.campaigns.seen import seen_lists
from web.services import services

PAGE_ROWS = 50
# What a number of leads opens: which → (words, condition).
WHICH: dict[str, tuple[str, tuple[dict[str, str], ...]]] = {
    "": ("All", ()),
    "open": ("Open", ({"field": "state", "op": "is", "value": "open"},)),
    "fresh": ("Open, never tried", (
        {"field": "state", "op": "is", "value": "open"},
        {"field": "attempts", "op": "is", "value": "0"},
    )),
    "tried": ("Tried", ({"field": "attempts", "op": "at-least", "value": "1"},)),
    "closed": ("Nothing more is due", ({"field": "state", "op": "is-not", "value": "open"},)),
    "do-not-call": ("Asked not to be called", (
        {"field": "state", "op": "is", "value": "do-not-call"},
    )),
    "bad-number": ("Wrong number", ({"field": "state", "op": "is", "value": "bad-number"},)),
}  # fmt: skip


@blueprint.get("/dialer/leads")
@requires("supervisor")
def leads() -> str:
    words, name = request.args.get("q", ""), request.args.get("list", "")
    after, which = request.args.get("after", "0"), request.args.get("which", "")
    parts = WHICH.get(which, WHICH[""])[1]
    with services().sessions() as session:
        only = seen_lists(session)
        lists = [each for each in manage.lists_with_figures(session)
                 if only is None or each.row.name in only]  # fmt: skip
        found = manage.found_leads(
            session, name, words, json.dumps({"all": parts}) if parts else "",
            services().clock(), PAGE_ROWS + 1,
            int(after) if after.isdecimal() and len(after) < 12 else 0,
            lists=None if only is None else [each.row.id for each in lists],
            by_number=not sight().masks,
        )  # fmt: skip
        names = {figures.row.id: figures.row.title for figures in lists}
        zone = load_site(session).timezone
    return render_template(
        "campaigns/leads.html", leads=found[:PAGE_ROWS], more=len(found) > PAGE_ROWS,
        lists=lists, names=names, words=words, wanted=name, zone=zone, now=services().clock(),
        sight=sight(), which=which, choices=[(key, title) for key, (title, _) in WHICH.items()],
        outcome_words=OUTCOME_WORDS,
    )  # fmt: skip


@blueprint.get("/dialer/leads/<int:lead_id>")
@requires("supervisor")
def lead(lead_id: int) -> str:
    return _lead_page(lead_id, "")


@blueprint.post("/dialer/leads/<int:lead_id>/state")
@requires("admin")
def lead_state(lead_id: int) -> ResponseReturnValue:
    state = request.form.get("state", "")
    with services().sessions.begin() as session:
        manage.set_lead_state(session, lead_id, state, services().clock())
        audit(session, "lead_state_set", f"lead {lead_id}", state)
    flash(f"Lead {lead_id} is {state}.")
    return redirect(url_for("campaigns.lead", lead_id=lead_id))


@blueprint.post("/dialer/leads/<int:lead_id>/callback")
@requires("admin")
def lead_callback(lead_id: int) -> ResponseReturnValue:
    typed = request.form
    with services().sessions.begin() as session:
        try:
            wall = datetime.fromisoformat(typed.get("wall", ""))
            _refuse_promise(session, lead_id, typed.get("campaign", ""), typed.get("agent", ""))
            callbacks.promise(
                session, lead_id, typed.get("campaign", ""), wall.replace(tzinfo=None),
                services().clock(), agent=typed.get("agent", ""), note=typed.get("note", "")[:1000],
                by=current_user().username,
            )  # fmt: skip
            audit(session, "callback_promised", f"lead {lead_id}", typed.get("wall", ""))
        except ValueError:
            return _lead_page(lead_id, "write day and time of the callback"), 400
        except InvalidInput as refused:
            session.rollback()
            return _lead_page(lead_id, str(refused)), 400
    flash("The callback is promised.")
    return redirect(url_for("campaigns.lead", lead_id=lead_id))


@blueprint.post("/dialer/leads/<int:lead_id>/consent")
@requires("admin")
def lead_consent(lead_id: int) -> ResponseReturnValue:
    """Writes a consent down for a number of the lead, or takes all of its consents back."""
    number, now = request.form.get("number", ""), services().clock()
    with services().sessions.begin() as session:
        known = {each.number for each in why(session, lead_id, now).lead.numbers}
        if number not in known:
            raise InvalidInput("choose one of the lead's numbers")
        if request.form.get("act") == "revoke":
            do_not_call.revoke(session, number, now, source="page")
            audit(session, "consent_revoked", f"lead {lead_id}", number)
        else:
            session.add(ConsentRow(
                number=number, source=request.form.get("source", "").strip()[:40] or "page",
                evidence=request.form.get("evidence", "").strip()[:2000], given_at=now,
                by=current_user().username,
            ))  # fmt: skip
            audit(session, "consent_written", f"lead {lead_id}", number)
        do_not_call.look_again(session, [number])
    return redirect(url_for("campaigns.lead", lead_id=lead_id))


def _refuse_promise(session: Session, lead_id: int, name: str, agent: str) -> None:
    """A promise that nobody would keep."""
    answer = why(session, lead_id, services().clock())
    campaign = next((a.campaign for a in answer.campaigns if a.campaign.name == name), None)
    if campaign is None:
        raise InvalidInput("choose a campaign that dials the lead's list")
    known = [a for a in load_site(session).agents if a.number == agent]
    if agent and not any(each.queue == campaign.queue for a in known for each in a.queues):
        raise InvalidInput(f"agent {agent} is not in queue {campaign.queue}; choose one who is")


def _lead_page(lead_id: int, refusal: str) -> str:
    now = services().clock()
    with services().sessions() as session:
        answer = _seen(session, why(session, lead_id, now))
        site = load_site(session)
        numbers = [each.number for each in answer.lead.numbers]
        consents = select(ConsentRow).where(ConsentRow.number.in_(numbers))
        promised = select(CallbackRow).where(CallbackRow.lead_id == lead_id)
        return render_template(
            "campaigns/lead.html", answer=answer, lead=answer.lead, now=now, refusal=refusal,
            row=session.get_one(LeadRow, lead_id), attempts=_attempts(session, lead_id, answer),
            consents=list(session.scalars(consents.order_by(ConsentRow.given_at.desc()))),
            callbacks=list(session.scalars(promised.order_by(CallbackRow.due_at.desc()))),
            campaigns=load_campaigns(session), agents=site.agents, zone=site.timezone,
            titles=TITLES, sight=sight(),
            outcome_words=OUTCOME_WORDS, outcome_tones=OUTCOME_TONES, why_cause=cause_words,
            agent_names={each.number: each.name for each in site.agents},
            list_title=manage.find_list(session, answer.lead.list).title,
            campaign_titles={each.name: each.title for each in load_campaigns(session)},
        )  # fmt: skip


def _seen(session: Session, answer: WhyAnswer) -> WhyAnswer:
    """Raises NotFound where no campaign of the own queues dials the lead's list."""
    only = seen_lists(session)
    if only is not None and answer.lead.list not in only:
        raise NotFound(f"there is no lead {answer.lead.id} that you may see")
    own = [each for each in answer.campaigns if sight().of_queue(each.campaign.queue)]
    return replace(answer, campaigns=tuple(own))


def _attempts(session: Session, lead_id: int, answer: WhyAnswer) -> list[DialAttemptRow]:
    query = select(DialAttemptRow).where(DialAttemptRow.lead_id == lead_id)
    if sight().limited:
        seen = [each.campaign.name for each in answer.campaigns]
        query = query.where(DialAttemptRow.campaign.in_(seen))
    return list(session.scalars(query.order_by(DialAttemptRow.reserved_at.desc()).limit(100)))
