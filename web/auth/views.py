"""The sign-in form, sign-out, and one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from callcenter.accounts.audit import write_audit
from callcenter.accounts.second_factor import has_second_factor
from callcenter.accounts.users import account_of, check_password, set_password
from callcenter.accounts.web_sessions import close_web_session, open_web_session
from callcenter.db.models.users import UserRow
from callcenter.domain.errors import InvalidInput, NotSignedIn, TooManyTries
from web.access import current_user, public, renew_session, requires, user_or_none
from web.auth.second_factor import ask_for_code
from web.auth.tries import inside, try_claimed
from web.errors import status_of
from web.services import services

blueprint = Blueprint("auth", __name__, template_folder="templates")


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
        waits = _enter(username, request.form.get("password", ""))
    except (NotSignedIn, TooManyTries) as refused:
        page = render_template(
            "auth/sign_in.html",
            next=request.form.get("next", ""),
            username=username,
            refused=str(refused),
        )
        return page, status_of(refused)
    if waits is not None:
        return ask_for_code(waits, request.form.get("next", ""))
    return redirect(inside(request.form.get("next", "")))


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


def _enter(username: str, password: str) -> UserRow | None:
    """The person whose second factor is still to come; None: signed in."""
    now, address = services().clock(), request.remote_addr or ""
    try_claimed(username)
    refused: NotSignedIn | None = None
    with services().sessions.begin() as database:
        try:
            user = check_password(database, username, password)
        except NotSignedIn as error:
            refused = error  # raised once it is written down
            write_audit(database, at=now, by=username, action="sign_in_refused", address=address)
        else:
            if has_second_factor(user):
                database.expunge(user)
                return user
            open_web_session(database, user, renew_session(), address, now)
            write_audit(database, at=now, by=user.username, action="sign_in", address=address)
    if refused is not None:
        raise refused
    return None


def _change_password(current: str, new: str, again: str) -> None:
    now, address, person = services().clock(), request.remote_addr or "", current_user()
    if new != again:
        raise InvalidInput("the two new passwords differ; type them again")
    try_claimed(person.username)
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
