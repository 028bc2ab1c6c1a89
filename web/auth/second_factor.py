"""The second step of signing in, and one's own second factor: set up, turned off."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from callcenter.accounts.second_factor import (
    WRONG,
    accepts,
    begin_enrolment,
    finish_enrolment,
    has_second_factor,
    mark_of,
    must_have,
    recovery_codes_left,
    turn_off,
)
from callcenter.accounts.throttle import forgive
from callcenter.accounts.users import find_user
from callcenter.accounts.web_sessions import close_other_sessions, open_web_session
from callcenter.db.models.users import UserRow
from callcenter.db.site_store import load_site
from callcenter.domain.errors import Forbidden, InvalidInput, NotSignedIn, TooManyTries
from web.access import current_user, public, renew_session, requires
from web.auditing import audit
from web.auth.tries import inside, try_claimed
from web.errors import status_of
from web.services import services

blueprint = Blueprint("second_factor", __name__, template_folder="templates")
WAITING = "password_right"  # session key: [name, until, mark of the password]; it is signed
WAIT_SECONDS = 300
SHOWN = "second_factor_shown"  # session key: mark of the secret this browser was shown


def ask_for_code(user: UserRow, following: str) -> ResponseReturnValue:
    """After a right password: nobody is signed in before the code is right too."""
    session.clear()
    until = services().clock() + WAIT_SECONDS
    session[WAITING] = [user.username, until, mark_of(user.password_hash)]
    return redirect(url_for("second_factor.code", next=following))


@blueprint.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    if not _waiting():
        return redirect(url_for("auth.sign_in", next=request.args.get("next", "")))
    return render_template("auth/code.html", next=request.args.get("next", ""))


@blueprint.post("/sign-in/code")
@public
def code_submitted() -> ResponseReturnValue:
    username, following = _waiting(), request.form.get("next", "")
    if not username:
        return redirect(url_for("auth.sign_in", next=following))
    try:
        _enter(username, request.form.get("code", "")[:40])
    except (NotSignedIn, TooManyTries) as refused:
        page = render_template("auth/code.html", next=following, refused=str(refused))
        return page, status_of(refused)
    return redirect(inside(following))


def _waiting() -> str:
    username, until, _ = session.get(WAITING) or ("", 0.0, "")
    return str(username) if services().clock() < until else ""


def _still_right(user: UserRow) -> bool:
    """The password given before the code is the one of now: a changed one locks out at once."""
    return user.active and session[WAITING][2] == mark_of(user.password_hash)


def _enter(username: str, code: str) -> None:
    now, address = services().clock(), request.remote_addr or ""
    account = f"code {username}"[:80]  # its own count: a right password forgives only the other
    try_claimed(account)
    with services().sessions.begin() as database:
        user = find_user(database, username)
        right = user is not None and _still_right(user) and accepts(database, user, code, now)
        action = "sign_in" if right else "code_refused"
        write_audit(database, at=now, by=username, action=action, address=address)
        if right and user is not None:
            forgive(database, account)
            open_web_session(database, user, renew_session(), address, now)
    if not right:
        raise NotSignedIn(WRONG)


@blueprint.get("/second-factor")
@requires("agent")
def page() -> ResponseReturnValue:
    with services().sessions.begin() as database:
        return _page(database)


@blueprint.post("/second-factor")
@requires("agent")
def set_up() -> ResponseReturnValue:
    person = current_user()
    try:
        try_claimed(f"code {person.username}"[:80])
        with services().sessions.begin() as database:
            codes = finish_enrolment(
                database, person.username, request.form.get("code", "")[:40], services().clock()
            )
            forgive(database, f"code {person.username}"[:80])
            # Whoever got in with the password alone is out.
            close_other_sessions(database, person.id, str(session.get("token", "")))
            session.pop(SHOWN, None)
            audit(database, "second_factor_on")
    except (InvalidInput, TooManyTries) as refused:
        with services().sessions.begin() as database:
            return _page(database, str(refused)), status_of(refused)
    # Rendered, not flashed: a flash would put the codes into a cookie.
    return render_template("auth/recovery_codes.html", codes=codes)


@blueprint.post("/second-factor/off")
@requires("agent")
def off() -> ResponseReturnValue:
    person = current_user()
    try:
        try_claimed(f"code {person.username}"[:80])
        with services().sessions.begin() as database:
            user = find_user(database, person.username)
            if must_have(database, person.role):
                raise Forbidden("this site wants a second factor of you; you can set it up anew")
            if user is None or not accepts(
                database, user, request.form.get("code", "")[:40], services().clock()
            ):
                raise InvalidInput(WRONG)
            turn_off(database, person.username)
            forgive(database, f"code {person.username}"[:80])
            audit(database, "second_factor_off")
    except (InvalidInput, TooManyTries, Forbidden) as refused:
        with services().sessions.begin() as database:
            return _page(database, str(refused)), status_of(refused)
    flash("The second factor is off: the password alone lets you in.")
    return redirect(url_for("second_factor.page"))


def _page(database: Session, refused: str = "") -> str:
    person = current_user()
    user = find_user(database, person.username)
    wanted = must_have(database, person.role)
    if user is not None and has_second_factor(user):
        left = recovery_codes_left(database, person.username)
        return render_template("auth/second_factor.html", left=left, wanted=wanted, refused=refused)
    enrolment = begin_enrolment(
        database, person.username, load_site(database).name, str(session.get(SHOWN, ""))
    )
    session[SHOWN] = mark_of(enrolment.secret)
    return render_template(
        "auth/second_factor.html",
        secret=enrolment.secret,
        picture=_picture(enrolment.address),
        wanted=wanted,
        refused=refused,
    )


def _picture(address: str) -> Markup:
    """Drawn here: no other machine sees the secret. Sized by the style sheet, dark on light."""
    drawn = segno.make(address, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - made of our own secret by segno
