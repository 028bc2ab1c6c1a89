"""Who may ask for what. Deny by default: a view without a mark below is for admins only.

@public                   anybody, signed in or not
@requires("supervisor")   that role or a higher one
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from callcenter.accounts.users import ROLES
from callcenter.accounts.web_sessions import SignedIn, find_signed_in
from callcenter.db.site_store import load_site
from callcenter.domain.errors import Forbidden, NotSignedIn
from callcenter.domain.sight import Sight, sight_of
from web.api_access import program
from web.services import services

View = TypeVar("View", bound=Callable[..., object])
MARK = "access_role"
PUBLIC = "public"
_UNMARKED = "admin"
# while the password must change
_OPEN_TO_ALL_SIGNED_IN = ("auth.password", "auth.password_submitted", "auth.sign_out")
# while the second factor that the site wants is missing
_OPEN_WITHOUT_SECOND_FACTOR = (
    *_OPEN_TO_ALL_SIGNED_IN, "second_factor.page", "second_factor.set_up",
)  # fmt: skip


def public(view: View) -> View:
    setattr(view, MARK, PUBLIC)
    return view


def requires(role: str) -> Callable[[View], View]:
    """Put it under @blueprint.route, next to the function."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not one of {ROLES}")

    def mark(view: View) -> View:
        setattr(view, MARK, role)
        return view

    return mark


def current_user() -> SignedIn:
    """The person signed in. Raises NotSignedIn (only in a public view can that happen)."""
    user = user_or_none()
    if user is None:
        raise NotSignedIn("sign in first")
    return user


def user_or_none() -> SignedIn | None:
    """Looked up once a request."""
    if "signed_in" not in g:
        token = session.get("token")
        g.signed_in = None
        if isinstance(token, str):
            with services().sessions.begin() as database:
                g.signed_in = find_signed_in(database, token, services().clock())
    return cast("SignedIn | None", g.signed_in)


def may(user: SignedIn | None, role: str) -> bool:
    return user is not None and may_role(user.role, role)


def may_role(has: str, needed: str) -> bool:
    return ROLES.index(has) >= ROLES.index(needed)


def sight() -> Sight:
    """What the person signed in sees of calls, agents and figures. Looked up once a request; every
    page and file asks here."""
    if "sight" not in g:
        with services().sessions() as database:
            g.sight = sight_of(load_site(database), current_user().username)
    return cast("Sight", g.sight)


def refuse_limited(what: str) -> None:
    """For what is about the whole house. Raises Forbidden for a supervisor of some teams only."""
    if sight().limited:
        raise Forbidden(f"{what} is about everybody, and you see your teams; ask an administrator")


def role_needed(endpoint: str | None) -> str:
    """`public` or the lowest role that may call this endpoint."""
    if endpoint == "static":
        return PUBLIC
    view = current_app.view_functions.get(endpoint or "")
    return str(getattr(view, MARK, _UNMARKED))


def wants_page() -> bool:
    """Whether a person in a browser is navigating, rather than a script or a stream asking."""
    if request.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "")
    return best == "text/html" and "text/html" in request.headers.get("Accept", "")


def install(app: Flask) -> None:
    app.before_request(_guard)


def _guard() -> Response | None:
    needed = role_needed(request.endpoint)
    if needed == PUBLIC:
        return None
    if program() and may_role("supervisor", needed):
        return None
    user = user_or_none()
    if user is None:
        if wants_page():
            return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
        raise NotSignedIn("sign in first")
    if user.must_change_password and request.endpoint not in _OPEN_TO_ALL_SIGNED_IN:
        if wants_page():
            return redirect(url_for("auth.password"))
        raise Forbidden("choose a new password first")
    if user.must_set_up_second_factor and request.endpoint not in _OPEN_WITHOUT_SECOND_FACTOR:
        if wants_page():
            return redirect(url_for("second_factor.page"))
        raise Forbidden("set up your second factor first")
    if not may(user, needed):
        raise Forbidden(f"this is for the role {needed}; ask an administrator for it")
    return None


def renew_session() -> str:
    """A fresh, empty session with a new secret, for the moment someone signs in."""
    session.clear()
    token = secrets.token_urlsafe(32)
    session["token"] = token
    session.permanent = True
    return token
