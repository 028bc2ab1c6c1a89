"""The front door and the health check."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web.access import current_user, may, public, requires

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires("agent")
def index() -> Response:
    """Where each role begins the day."""
    begins = "live.wallboard" if may(current_user(), "supervisor") else "agent.page"
    return redirect(url_for(begins))


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, bool]:
    """The process answers; nothing is told to strangers."""
    return {"ok": True}
