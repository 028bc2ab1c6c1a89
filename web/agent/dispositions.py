"""What the agent's calls came to: the questions that are open, and the answer to one."""

from __future__ import annotations

from flask import Response, jsonify, request

from callcenter.db.disposition_store import DisposedCall, dispose, newest_calls
from callcenter.db.site_store import load_site
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.site import Site
from web.access import current_user, requires, sight
from web.agent.blueprint import blueprint
from web.auditing import audit
from web.services import services


@blueprint.get("/api/me/dispositions")
@requires("agent")
def dispositions() -> Response:
    """`{"calls": […]}`, newest first, those with an answer too."""
    agent = current_user().agent
    with services().sessions() as session:
        choices = _choices(load_site(session))
        titles = {each.name: each.title for each in load_site(session).queues}
        found = newest_calls(session, agent, sorted(choices), services().clock()) if agent else []
    return jsonify({"calls": [_shown(each, choices, titles) for each in found]})


@blueprint.post("/api/me/dispositions")
@requires("agent")
def choose_disposition() -> Response:
    """`{node, call, disposition}`."""
    node, call, disposition = (_word(name) for name in ("node", "call", "disposition"))
    agent = current_user().agent
    if not agent:
        raise Conflict("your account has no agent number; ask an administrator to give it one")
    with services().sessions.begin() as session:
        choices = _choices(load_site(session))
        before = dispose(session, node, call, agent, disposition, choices, services().clock())
        if before and before != disposition:
            audit(session, "disposition_changed", f"call {call}", f"{before} → {disposition}")
    return jsonify({"disposition": disposition})


def _word(name: str) -> str:
    """Of what was sent. Raises InvalidInput."""
    asked = request.get_json(silent=True)
    found = asked.get(name) if isinstance(asked, dict) else None
    if not isinstance(found, str) or not 0 < len(found) < 161:
        raise InvalidInput("say which call, and what it came to")
    return found


def _choices(site: Site) -> dict[str, tuple[str, ...]]:
    return {each.name: each.dispositions for each in site.queues if each.dispositions}


def _shown(
    call: DisposedCall, choices: dict[str, tuple[str, ...]], titles: dict[str, str]
) -> dict[str, object]:
    return {
        "node": call.node,
        "call": call.call_id,
        "number": sight().number(call.caller_number),
        "name": sight().name(call.caller_name),
        "queue": titles.get(call.queue, call.queue),
        "at": call.talked_at,
        "over": call.is_over,
        "choices": choices[call.queue],
        "chosen": call.disposition,
    }
