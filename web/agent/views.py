"""`/me` and the commands its buttons send. An agent commands nobody but themselves."""

from __future__ import annotations

from flask import render_template

from callcenter.control.protocol import Message
from callcenter.db.site_store import load_site
from callcenter.domain.errors import Conflict
from callcenter.domain.site import Agent, Queue, Site
from web.access import current_user, may, requires, role_needed
from web.agent.blueprint import blueprint
from web.commanding import DEADLINE_SECONDS, command, flag_asked, phone_asked, reason_asked
from web.services import services

SIGN_IN_SECONDS = 20.0


@blueprint.get("/me")
@requires("agent")
def page() -> str:
    user = current_user()
    with services().sessions() as database:
        site = load_site(database)
    history = role_needed("calls.index")
    return render_template(
        "agent/page.html",
        agent=user.agent,
        my_queues=_my_queues(site, user.agent),
        open_line=_agent(site, user.agent).open_line,
        phones=site.phones,
        pause_reasons=site.pause_reasons,
        may_see_history=history != "public" and may(user, history),
    )


@blueprint.post("/api/me/sign-in")
@requires("agent")
def sign_in() -> Message:
    """Into all queues of this agent: `{phone}`. An open line rings until it is picked up."""
    phone = phone_asked()
    return _own(
        "sign_in",
        {"phone": phone},
        action="agent_sign_in",
        detail=f"phone {phone}",
        deadline_seconds=SIGN_IN_SECONDS,
    )


@blueprint.post("/api/me/sign-out")
@requires("agent")
def sign_out() -> Message:
    return _own("sign_out", {}, action="agent_sign_out")


@blueprint.post("/api/me/pause")
@requires("agent")
def pause() -> Message:
    """After the call that a campaign has on its way to this agent, if there is one: `{reason}`;
    with `at_once`, or asked again, now."""
    reason, at_once = reason_asked(), flag_asked("at_once")
    arguments = {"reason": reason, "after_call": not at_once}
    return _own("pause", arguments, action="agent_pause", detail=reason)


@blueprint.post("/api/me/unpause")
@requires("agent")
def unpause() -> Message:
    return _own("unpause", {}, action="agent_unpause")


def _own(
    name: str,
    arguments: Message,
    *,
    action: str,
    detail: str = "",
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Message:
    number = current_user().agent
    if not number:
        raise Conflict("your account has no agent number; ask an administrator to give it one")
    return command(
        name,
        {"agent": number, **arguments},
        action=action,
        subject=f"agent {number}",
        detail=detail,
        deadline_seconds=deadline_seconds,
    )


def _my_queues(site: Site, number: str) -> list[Queue]:
    names = {each.queue for each in _agent(site, number).queues}
    return [queue for queue in site.queues if queue.name in names]


def _agent(site: Site, number: str) -> Agent:
    return next((each for each in site.agents if each.number == number), Agent("", ""))
