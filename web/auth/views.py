"""The sign-in form, sign-out, and one's own password."""

from __future__ import annotations

import threading

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from callcenter.accounts.audit import write_audit
from callcenter.accounts.throttle import claim_try
from callcenter.accounts.users import account_of, check_password, set_password
from callcenter.accounts.web_sessions import close_web_session, open_web_session
from callcenter.domain.errors import InvalidInput, NotSignedIn, TooManyTries
from web.access import current_user, public, renew_session, requires, user_or_none
from web.errors import status_of
from web.services import services

blueprint = Blueprint("auth", __name__, template_folder="templates")
_ONE_AT_A_TIME = threading.Lock()  # counting tries and claiming one; the web is one process


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if user_or_none() is not None:
        return redirect(url_for("home.index"))
    return render_template("auth/sign_in.html", next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@public
def sign_in_submitted() -> ResponseReturnValue:
    username = account_of(request.form.get("username", "").strip())
    try:
        _enter(username, request.form.get("password", ""))
    except (NotSignedIn, TooManyTries) as refused:
        page = render_template(
            "auth/sign_in.html",
            next=request.form.get("next", ""),
            username=username,
            refused=str(refused),
        )
        return page, status_of(refused)
    return redirect(_inside(request.form.get("next", "")))


@blueprint.post("/sign-out")
@requires("agent")
def sign_out() -> Response:
    with services().sessions.begin() as database:
        close_web_session(database, str(session.get("token", "")))
    session.clear()
    return redirect(url_for("auth.sign_in"))


@blueprint.get("/password")
@requires("agent")
def password() -> str:
    return render_template("auth/password.html")


@blueprint.post("/password")
@requires("agent")
def password_submitted() -> ResponseReturnValue:
    try:
        _change_password(
            request.form.get("current", ""),
            request.form.get("new", ""),
            request.form.get("again", ""),
        )
    except (InvalidInput, NotSignedIn, TooManyTries) as refused:
        return render_template("auth/password.html", refused=str(refused)), status_of(refused)
    flash("Password changed. Other browsers have been signed out.")
    return redirect(url_for("home.index"))


def _enter(username: str, password: str) -> None:
    now, address = services().clock(), request.remote_addr or ""
    _claim_try(username, address, now)
    refused: NotSignedIn | None = None
    with services().sessions.begin() as database:
        try:
            user = check_password(database, username, password)
        except NotSignedIn as error:
            refused = error  # raised once it is written down
            write_audit(database, at=now, by=username, action="sign_in_refused", address=address)
        else:
            open_web_session(database, user, renew_session(), address, now)
            write_audit(database, at=now, by=user.username, action="sign_in", address=address)
    if refused is not None:
        raise refused


def _claim_try(username: str, address: str, now: float) -> None:
    """Raises TooManyTries; that is not audited, or anybody could fill the disk with refusals."""
    with _ONE_AT_A_TIME, services().sessions.begin() as database:
        claim_try(database, username, address, now)


def _change_password(current: str, new: str, again: str) -> None:
    now, address, person = services().clock(), request.remote_addr or "", current_user()
    if new != again:
        raise InvalidInput("the two new passwords differ; type them again")
    _claim_try(person.username, address, now)
    with services().sessions.begin() as database:
        try:
            user = check_password(database, person.username, current)
        except NotSignedIn:
            raise InvalidInput("the current password is wrong; type it again") from None
        set_password(database, person.username, new)
        open_web_session(database, user, renew_session(), address, now)
        write_audit(
            database, at=now, by=person.username, action="password_changed", address=address
        )


def _inside(address: str) -> str:
    """Only a path on this site: never a door to somebody else's."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return url_for("home.index")
