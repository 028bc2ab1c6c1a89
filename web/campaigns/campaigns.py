"""The list of campaigns, the form, start and stop."""

from __future__ import annotations

from typing import get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import delete_campaign, load_versioned, read_campaigns
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadImportRow
from callcenter.db.site_store import load_site
from callcenter.dialer.leads.campaigns import judge_and_save, judge_and_set_state
from callcenter.dialer.leads.manage import lists_with_figures
from callcenter.domain.campaign import Campaign, CampaignState
from callcenter.domain.campaign_rules import UnsoundCampaign, missing
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.site import Site
from callcenter.domain.site_rules.problem import Problem
from web.access import requires
from web.auditing import audit
from web.campaign_board.words import STATE_TONES
from web.campaigns.blueprint import blueprint
from web.campaigns.subject import campaign_subject, condition_rows, form_record, read_form
from web.services import services
from web.site.ask import Subject
from web.site.controls import draw
from web.site.form import Texts, compacted, control_name, texts_of


@blueprint.get("/dialer/campaigns")
@requires("admin")
def index() -> str:
    with services().sessions() as session:
        campaigns, unreadable = read_campaigns(session)
        lists = {each.row.name: each for each in lists_with_figures(session)}
        today = _dialed_today(session)
        site = load_site(session)
    return render_template(
        "campaigns/index.html", campaigns=campaigns, unreadable=unreadable, lists=lists,
        today=today, tones=STATE_TONES,
        missing={each.name: list(missing(each)) for each in campaigns},
        titles={each.name: each.title for each in site.queues},
    )  # fmt: skip


@blueprint.get("/dialer/campaigns/new")
@requires("admin")
def new() -> ResponseReturnValue:
    return _page("", 0, None, {}, [])


@blueprint.post("/dialer/campaigns/new")
@requires("admin")
def create() -> ResponseReturnValue:
    return _submitted("")


@blueprint.get("/dialer/campaigns/edit/<name>")
@requires("admin")
def edit(name: str) -> ResponseReturnValue:
    return _page(name, 0, None, {}, [])


@blueprint.post("/dialer/campaigns/edit/<name>")
@requires("admin")
def update(name: str) -> ResponseReturnValue:
    return _submitted(name)


@blueprint.post("/dialer/campaigns/state/<name>")
@requires("admin")
def set_state(name: str) -> ResponseReturnValue:
    state = request.form.get("state", "")
    if state not in get_args(CampaignState) or state == "draft":
        raise InvalidInput("a campaign is set running, paused or finished")
    with services().sessions.begin() as session:
        try:
            judge_and_set_state(session, name, state, services().clock())  # type: ignore[arg-type]
        except UnsoundCampaign as refused:
            session.rollback()
            for problem in refused.problems:
                flash(f"Not started. {problem.message[:1].upper()}{problem.message[1:]}.")
        else:
            audit(session, f"campaign_{state}", name)
            flash(f"Campaign {name} is {state}.")
    return redirect(url_for("campaigns.index"))


@blueprint.get("/dialer/campaigns/delete/<name>")
@requires("admin")
def ask_delete(name: str) -> str:
    with services().sessions() as session:
        readable, unreadable = read_campaigns(session)
    titles = {each.name: each.title for each in unreadable}
    titles |= {each.name: each.title for each in readable}
    if name not in titles:
        raise NotFound(f"there is no campaign {name}")
    running = any(each.name == name and each.state == "running" for each in readable)
    return render_template("campaigns/delete.html", name=name, title=titles[name], running=running)


@blueprint.post("/dialer/campaigns/delete/<name>")
@requires("admin")
def delete(name: str) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        delete_campaign(session, name)
        audit(session, "campaign_deleted", name)
    flash(f"Deleted campaign {name}. What it dialed stays as evidence.")
    return redirect(url_for("campaigns.index"))


def _submitted(name: str) -> ResponseReturnValue:
    with services().sessions() as session:
        site, subject = load_site(session), _subject(session)
        present, _ = load_versioned(session, name) if name else (_blank(site), 0)
    texts = compacted(subject, request.form.copy())
    if name:
        texts["name"] = name  # the form shows it locked, and does not send it
    version = _version(request.form.get("mark", ""))
    if "add_row" in request.form:
        return _page(name, version, texts, {}, [], extra_rows=request.form["add_row"])
    campaign, problems = read_form(subject, texts, present)
    if campaign is not None:
        problems = _save(campaign, name, version)
    if problems:
        errors, elsewhere = _placed(subject, texts, problems)
        return _page(name, version, texts, errors, elsewhere), 400
    flash(f"Saved campaign {campaign.name if campaign else name}.")
    return redirect(url_for("campaigns.index"))


def _version(mark: str) -> int:
    """As the form had it; none of ours: that of no campaign."""
    return int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 10 else 0


def _save(campaign: Campaign, name: str, version: int) -> list[Problem]:
    with services().sessions.begin() as session:
        try:
            now = services().clock()
            judge_and_save(session, campaign, now, expected_version=version)
            audit(session, "campaign_changed" if name else "campaign_added", campaign.name)
        except UnsoundCampaign as refused:
            session.rollback()
            return list(refused.problems)
        except Conflict as refused:
            session.rollback()
            return [Problem("", str(refused))]
    return []


def _placed(
    subject: Subject, texts: Texts, problems: list[Problem]
) -> tuple[dict[str, str], list[Problem]]:
    names = {ask.name for ask in subject.asks} | set(texts)
    errors: dict[str, str] = {}
    elsewhere = []
    for problem in problems:
        place = problem.place.replace("detection.", "detection_")
        name = "filter_rows" if place == "filter" else control_name(subject, place)
        if name in names:
            errors.setdefault(name, problem.message)
        else:
            elsewhere.append(problem)
    return errors, elsewhere


def _page(
    name: str,
    version: int,
    texts: Texts | None,
    errors: dict[str, str],
    elsewhere: list[Problem],
    extra_rows: str = "",
) -> str:
    with services().sessions() as session:
        site, subject = load_site(session), _subject(session)
        present, stored = load_versioned(session, name) if name else (_blank(site), 0)
    shown = texts_of(subject, form_record(present)) if texts is None else texts
    if name:
        shown["name"] = name
    parts = draw(subject, site, shown, errors, is_new=not name, extra_rows=extra_rows)
    return render_template(
        "campaigns/form.html", parts=parts, name=name, campaign=present, errors=errors,
        elsewhere=elsewhere, mark=stored if texts is None else version,
        kept_filter="" if condition_rows(present.filter) is not None else present.filter,
    )  # fmt: skip


def _subject(session: Session) -> Subject:
    query = select(LeadListRow.name, LeadListRow.title).order_by(LeadListRow.name)
    lists = [(row.name, f"{row.title} · {row.name}") for row in session.execute(query)]
    return campaign_subject(lists, custom_fields(session))


def custom_fields(session: Session) -> list[str]:
    """`custom:plan` …, of all files that were loaded."""
    names: set[str] = set()
    for options in session.scalars(select(LeadImportRow.options)):
        names |= {n for n in options.get("columns", {}).values() if n.startswith("custom:")}
    return sorted(names)


def _blank(site: Site) -> Campaign:
    queue = site.queues[0].name if len(site.queues) == 1 else ""
    trunk = site.trunks[0].name if len(site.trunks) == 1 else ""
    return Campaign(name="", title="", queue=queue, trunk=trunk)


def _dialed_today(session: Session) -> dict[str, tuple[int, int]]:
    """Campaign → calls in the last 24 hours, and those talked on."""
    row = DialAttemptRow
    connected = func.sum(case((row.outcome == "connected", 1), else_=0))
    query = select(row.campaign, func.count(), connected).where(
        row.reserved_at > services().clock() - 86400
    )
    return {each[0]: (each[1], each[2]) for each in session.execute(query.group_by(row.campaign))}
