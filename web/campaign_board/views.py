"""`/campaign-board`: live figures of each campaign; every number opens to its attempts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.db.campaign_store import is_readable, read_campaigns
from callcenter.db.site_store import load_site, site_zone
from callcenter.dialer.figures import BY_VERDICT, KINDS, attempts, recorded
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput, NotFound
from web.access import requires, sight
from web.campaign_board.blueprint import blueprint
from web.campaign_board.board import attempts_in, board, campaign_seen, live, overview
from web.campaign_board.change import change_settings, change_state, why_refused
from web.campaign_board.words import (
    KIND_OF_PHASES,
    KIND_WORDS,
    OUTCOME_TONES,
    OUTCOME_WORDS,
    PERIODS,
    STATE_TONES,
    UP_NOW,
    VERDICT_WORDS,
    cause_words,
    since_of,
)
from web.services import services

PAGE_ATTEMPTS = 100


@blueprint.get("")
@requires("supervisor")
def index() -> str:
    with services().sessions() as session:
        readable, unreadable = read_campaigns(session)
        seen = [each for each in readable if sight().of_queue(each.queue)]
        rows = overview(session, seen, services().clock())
    return render_template(
        "campaign_board/index.html", rows=rows, why_not=live().get("why_not", ""),
        tones=STATE_TONES, unreadable=[each for each in unreadable if sight().of_queue(each.queue)],
    )  # fmt: skip


@blueprint.get("/<name>")
@requires("supervisor")
def page(name: str) -> str:
    return board_page(name)


@blueprint.get("/<name>/figures")
@requires("supervisor")
def figures(name: str) -> str:
    """The part of the page that moves; its script fetches it again and again."""
    return render_template("campaign_board/figures.html", **_shown(name))


@blueprint.post("/<name>/state")
@requires("supervisor")
def state(name: str) -> ResponseReturnValue:
    wanted = request.form.get("state", "")
    if wanted not in ("running", "paused"):
        raise InvalidInput("a campaign can be started or paused here")
    try:
        change_state(name, "running" if wanted == "running" else "paused")
    except InvalidInput as refused:
        return board_page(name, f"Not started: {why_refused(refused)}"), 400
    flash("It runs from now on." if wanted == "running" else "Paused. Calls that are up go on.")
    with services().sessions() as session:
        has_board = is_readable(session, name)
    board_url = url_for("campaign_board.page", name=name)
    return redirect(board_url if has_board else url_for("campaign_board.index"))


@blueprint.post("/<name>/settings")
@requires("supervisor")
def settings(name: str) -> ResponseReturnValue:
    try:
        changed = change_settings(name, request.form)
    except InvalidInput as refused:
        return board_page(name, f"Not changed: {why_refused(refused)}", request.form), 400
    flash("Changed; it holds from the next call on." if changed else "Nothing was different.")
    return redirect(url_for("campaign_board.page", name=name))


@blueprint.get("/<name>/attempts")
@requires("supervisor")
def attempt_list(name: str) -> str:
    kind, period = request.args.get("kind", "all"), request.args.get("period", "today")
    if kind not in (*KINDS, *KIND_OF_PHASES) or period not in PERIODS:
        raise NotFound("there is no such list; go back to the board")
    now = services().clock()
    with services().sessions() as session:
        campaign = campaign_seen(session, name)
        zone = site_zone(session)
        only = attempts_in(name, kind)
        since = since_of(period, campaign, now, zone) if only is None else 0.0
        rows = attempts(
            session, campaign, kind if only is None else "up", since, now + 60,
            before=_before(), most=PAGE_ATTEMPTS + 1, only=only,
        )  # fmt: skip
        heard = recorded(session, rows) if kind in BY_VERDICT else None
        agents = {each.number: each.name for each in load_site(session).agents}
    return render_template(
        "campaign_board/attempts.html", campaign=campaign, rows=rows[:PAGE_ATTEMPTS], kind=kind,
        more=len(rows) > PAGE_ATTEMPTS, period=period, kinds=KIND_WORDS, periods=PERIODS,
        zone=str(zone), sight=sight(), recorded=heard, words=OUTCOME_WORDS, tones=OUTCOME_TONES,
        agents=agents, verdicts=VERDICT_WORDS, why=cause_words,
        phase=KIND_WORDS[kind].removeprefix(UP_NOW) if only is not None else "",
    )  # fmt: skip


def board_page(
    name: str, refusal: str = "", typed: Mapping[str, str] = MappingProxyType({})
) -> str:
    return render_template(
        "campaign_board/page.html", refusal=refusal, typed=typed, tones=STATE_TONES, **_shown(name)
    )


def _before() -> tuple[float, str] | None:
    at, id_ = request.args.get("before_at", type=float), request.args.get("before_id", "")
    return (at, id_) if at is not None and abs(at) < 1e12 else None


def _shown(name: str) -> dict[str, Any]:
    with services().sessions() as session:
        campaign: Campaign = campaign_seen(session, name)
        return board(session, campaign, services().clock())
