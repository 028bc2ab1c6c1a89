"""Pages and files under /calls: the calls that `web.access.sight` shows this person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import load_campaigns
from callcenter.db.models.calls import CallEvent
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.domain.site import Site
from callcenter.ledger.judge import standing
from callcenter.ledger.unreconciled import KINDS
from callcenter.reports.call_detail import CallDetail, call_detail
from callcenter.reports.call_list import call_csv, call_list
from callcenter.reports.places import place_names
from callcenter.reports.recordings import peaks_of, recording_path
from web.access import refuse_limited, requires, sight
from web.auditing import audit
from web.calls.filters import FROM_REPORTS, Asked, read_filters
from web.calls.listening import audit_listen, wav_answer
from web.calls.words import (
    CHANNEL_ENDS,
    DIRECTION_CHOICES,
    ENDED_BY,
    OUTCOME_CHOICES,
    OUTCOMES,
    behind_words,
    event_words,
    line_words,
    of_customer,
    side_words,
)
from web.formats import local_time
from web.services import services

blueprint = Blueprint("calls", __name__, template_folder="templates")
PAGE_SIZE = 50


@blueprint.get("/calls/")
@requires("agent")
def index() -> str:
    with services().sessions.begin() as session:
        site = load_site(session)
        asked = _asked(site)
        page = call_list(
            session,
            asked.chosen,
            sort=asked.sort,
            descending=asked.descending,
            page=asked.page,
            page_size=PAGE_SIZE,
            after=asked.after,
            before=asked.before,
        )
        return render_template(
            "calls/index.html",
            page=page,
            asked=asked,
            outcome_choices=OUTCOME_CHOICES,
            direction_choices=DIRECTION_CHOICES,
            from_reports=FROM_REPORTS,
            behind=behind_words(asked.kept),
            masked=asked.chosen.sight.masks,
            limited=asked.chosen.sight.limited,
            **_shown(site),
        )


@blueprint.get("/calls.csv")
@requires("agent")
def export() -> Response:
    with services().sessions.begin() as session:
        site = load_site(session)
        asked = _asked(site)
        # The first line now, so that a wrong filter is an error page and not half a file.
        call_list(session, asked.chosen, sort=asked.sort, page_size=1)
        detail = " ".join(f"{name}={value}" for name, value in asked.kept.items())
        audit(session, "calls_exported", detail=detail)
    return Response(
        _csv(services().sessions, asked, site.timezone),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=calls.csv"},
    )


@blueprint.get("/calls/unreconciled")
@requires("supervisor")
def unreconciled() -> str:
    refuse_limited("what does not reconcile")
    now = services().clock()
    with services().sessions.begin() as session:
        settings = services().settings
        books = standing(session, settings.recordings, now, settings.node)
        return render_template(
            "calls/unreconciled.html", books=books, kinds=KINDS, **_shown(load_site(session))
        )


@blueprint.get("/calls/<call_id>")
@requires("agent")
def show(call_id: str) -> str:
    with services().sessions.begin() as session:
        detail = allowed_call(session, call_id)
        site = load_site(session)
        campaigns = {each.name: each.title for each in load_campaigns(session)}
        places = place_names(site) | {f"campaign:{n}": title for n, title in campaigns.items()}
        agents = {agent.number: agent.name for agent in site.agents}
        called = detail.call.dialed if detail.call.direction == "outbound" else ""
        picked_up = _picked_up(detail)
        timeline = [
            (event, *event_words(event, agents, places, called, by_called=event is picked_up))
            for event in detail.timeline
            if event.kind != "did"  # the first line says the number dialed
        ]
        return render_template(
            "calls/show.html", detail=detail, timeline=timeline, attempt=_attempt(session, detail),
            campaigns=campaigns, line_words=line_words, ends=CHANNEL_ENDS,
            sides=side_words(detail.call, detail.legs), **_shown(site),
        )  # fmt: skip


def _picked_up(detail: CallDetail) -> CallEvent | None:
    """Of a call out that one of our phones began: when the one who was called answered."""
    if detail.call.direction != "outbound" or of_customer(detail.legs, detail.call.id):
        return None
    return next((event for event in detail.timeline if event.kind == "connected"), None)


@blueprint.get("/calls/<call_id>/recording.wav")
@requires("agent")
def recording(call_id: str) -> Response:
    with services().sessions.begin() as session:
        call = allowed_call(session, call_id).call
        path = recording_path(services().settings.recordings, call.recording)
        audit_listen(session, call, "listen_recording")
    return wav_answer(path)


@blueprint.get("/calls/<call_id>/peaks.json")
@requires("agent")
def peaks(call_id: str) -> Response:
    with services().sessions.begin() as session:
        call = allowed_call(session, call_id).call
        path = recording_path(services().settings.recordings, call.recording)
    return jsonify(asdict(peaks_of(path)))


def _attempt(session: Session, detail: CallDetail) -> DialAttemptRow | None:
    """What a campaign's call was for."""
    step = next((event for event in detail.timeline if event.kind == "attempt"), None)
    return session.get(DialAttemptRow, step.detail) if step else None


def _asked(site: Site) -> Asked:
    asked = read_filters(request.args, site.timezone)
    teams = {team.name: team for team in site.teams}
    team = teams.get(asked.kept["team"]) if "team" in asked.kept else None
    if "team" in asked.kept and team is None:
        raise NotFound("there is no such team; it may have been deleted")
    return replace(asked, chosen=replace(asked.chosen, sight=sight(), team=team))


def _csv(sessions: sessionmaker[Session], asked: Asked, zone: str) -> Iterator[str]:
    """Runs while the answer is sent, when there is no request to ask for services any more."""
    with sessions.begin() as session:
        yield from call_csv(
            session, asked.chosen, zone=zone, sort=asked.sort, descending=asked.descending
        )


def allowed_call(session: Session, call_id: str) -> CallDetail:
    """The call, if this person may see it. Raises NotFound otherwise, telling nothing."""
    node, here = request.args.get("node", ""), services().settings.node
    return call_detail(session, call_id, sight(), node=node, here=here)


def _shown(site: Site) -> dict[str, object]:
    return {
        "outcomes": OUTCOMES,
        "ended_by": ENDED_BY,
        "queues": {queue.name: queue.title for queue in site.queues},
        "agents": {agent.number: agent.name for agent in site.agents},
        "places": place_names(site),
        "zone": site.timezone,
        "local": lambda at: local_time(at, site.timezone),
    }
