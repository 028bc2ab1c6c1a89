"""What the agent's calls came to: the questions that are open, and the answer to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaigns
from callcenter.db.disposition_store import (
    DisposedCall,
    attempt_of,
    dispose,
    newest_calls,
    present_id,
    talked_in,
)
from callcenter.db.site_store import load_site
from callcenter.dialer.leads.said import Word, note_down
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.site import Site
from web.access import current_user, requires, sight
from web.agent.blueprint import blueprint
from web.auditing import audit
from web.services import services

Choice = dict[str, Any]


@blueprint.get("/api/me/dispositions")
@requires("agent")
def dispositions() -> Response:
    """`{"calls": […]}`, newest first, those with an answer too."""
    agent = current_user().agent
    with services().sessions() as session:
        site = load_site(session)
        words = _words(site)
        found = newest_calls(session, agent, sorted(words), services().clock()) if agent else []
        campaigns = load_campaigns(session)
        of_campaigns = _campaign_choices(campaigns)
    titles = {("queue", each.name): each.title for each in site.queues}
    titles |= {("campaign", each.name): each.title for each in campaigns}
    choices = {name: [{"value": each, "title": each} for each in listed]
               for name, listed in words.items()}  # fmt: skip
    asked = [(each, of_campaigns.get(each.campaign) if each.campaign else choices[each.queue])
             for each in found]  # fmt: skip
    return jsonify({"calls": [_shown(each, may, titles) for each, may in asked if may]})


@blueprint.post("/api/me/dispositions")
@requires("agent")
def choose_disposition() -> Response:
    """`{node, call, disposition}`, and `when` for a callback."""
    node, call, disposition = (_word(name) for name in ("node", "call", "disposition"))
    agent = current_user().agent
    if not agent:
        raise Conflict("your account has no agent number; ask an administrator to give it one")
    with services().sessions.begin() as session:
        before = _dispose(session, node, call, disposition, agent)
        if before and before != disposition:
            audit(session, "disposition_changed", f"call {call}", f"{before} → {disposition}")
    return jsonify({"disposition": disposition})


def _dispose(session: Session, node: str, call: str, disposition: str, agent: str) -> str:
    now = services().clock()
    attempt = attempt_of(session, node, present_id(session, node, call))
    if attempt is None:
        words = _words(load_site(session))
        return dispose(session, node, call, agent, disposition, words, now)
    talked_in(session, attempt.node, attempt.call_id, agent)
    when = _word("when") if _given("when") else ""
    word = Word(disposition, when)
    return note_down(session, attempt, word, agent, now, current_user().username).before


def _given(name: str) -> object:
    asked = request.get_json(silent=True)
    return asked.get(name) if isinstance(asked, dict) else None


def _word(name: str) -> str:
    """Of what was sent. Raises InvalidInput."""
    found = _given(name)
    if not isinstance(found, str) or not 0 < len(found) < 161:
        raise InvalidInput("say which call, and what it came to")
    return found


def _campaign_choices(campaigns: Sequence[Campaign]) -> dict[str, list[Choice]]:
    """Campaign → what may be chosen; `asks_time` for a callback."""
    return {
        campaign.name: [
            {"value": each.code, "title": each.title, "asks_time": each.then == "callback"}
            for each in campaign.dispositions
        ]
        for campaign in campaigns
    }


def _words(site: Site) -> dict[str, tuple[str, ...]]:
    return {each.name: each.dispositions for each in site.queues if each.dispositions}


def _shown(
    call: DisposedCall, choices: list[Choice], titles: dict[tuple[str, str], str]
) -> dict[str, object]:
    of = ("campaign", call.campaign) if call.campaign else ("queue", call.queue)
    return {
        "node": call.node,
        "call": call.call_id,
        "number": sight().number(call.caller_number),
        # A campaign's call by hand has the agent's own phone as its caller.
        "name": "" if call.campaign else sight().name(call.caller_name),
        "queue": titles.get(of, of[1]),
        "at": call.talked_at,
        "over": call.is_over,
        "choices": choices,
        "chosen": call.disposition,
    }
