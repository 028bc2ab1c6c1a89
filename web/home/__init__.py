"""The front door and the health check."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from callcenter.db.site_store import load_site
from web.access import current_user, may, public, requires
from web.services import services

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires("agent")
def index() -> Response:
    """Where each role begins the day; an admin of an empty site, with setting it up."""
    begins = "live.wallboard" if may(current_user(), "supervisor") else "agent.page"
    if may(current_user(), "admin") and not _has_queues():
        begins = "site.index"
    return redirect(url_for(begins))


def _has_queues() -> bool:
    with services().sessions() as database:
        return bool(load_site(database).queues)


@blueprint.get("/dialer")
@requires("supervisor")
def dialer() -> Response:
    """What somebody types who looks for dialing: all its other pages are below this address."""
    return redirect(url_for("campaign_board.index"))


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, bool]:
    """The process answers; nothing is told to strangers."""
    return {"ok": True}
