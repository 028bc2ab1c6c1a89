"""`/people`: a person's data by number. Numbers travel in forms only: addresses end up in logs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.privacy import Erasure
from callcenter.db.site_store import load_site
from callcenter.domain.errors import InvalidInput, TooManyTries
from callcenter.ledger.erasure_key import erasure_key
from callcenter.ledger.forgotten import number_hash
from callcenter.privacy.erase import Asked, erase_person
from callcenter.privacy.export import export_person
from callcenter.privacy.person import Person, find_person
from web.access import current_user, requires
from web.auditing import audit
from web.auth.again import check_own_password, claim_password_try
from web.errors import status_of
from web.services import services

blueprint = Blueprint("people", __name__, template_folder="templates")
NEWEST = 50


@blueprint.get("/people")
@requires("admin")
def page() -> str:
    with services().sessions() as session:
        return _page(session, "", None)


@blueprint.post("/people")
@requires("admin")
def look() -> ResponseReturnValue:
    number = _number()
    with services().sessions.begin() as session:
        try:
            person = find_person(session, services().settings, number)
        except InvalidInput as refused:
            return _page(session, number, None, refused=str(refused)), 400
        audit(session, "person_looked_up", _subject(person))
        return _page(session, number, person)


@blueprint.post("/people/export")
@requires("admin")
def export() -> Response:
    with services().sessions.begin() as session:
        person = find_person(session, services().settings, _number())
        data = export_person(session, services().settings, person)
        audit(session, "person_exported", _subject(person), _counts(person.counts))
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(data, mimetype="application/zip", headers=headers)


@blueprint.post("/people/erase")
@requires("admin")
def erase() -> ResponseReturnValue:
    number, asked_by = _number(), request.form.get("asked_by", "").strip()
    try:
        if "sure" not in request.form or not asked_by:
            raise InvalidInput("say who asked, and tick that there is no way back")
        claim_password_try()
        return _erase(number, asked_by)
    except (InvalidInput, TooManyTries) as refused:
        with services().sessions() as session:
            person = find_person(session, services().settings, number)
            return _page(session, number, person, str(refused), asked_by), status_of(refused)


def _erase(number: str, asked_by: str) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        check_own_password(session, request.form.get("password", ""))
        asked = Asked(
            current_user().username, asked_by, services().clock(), request.remote_addr or ""
        )
        counts = erase_person(session, services().settings, number, asked).counts
    flash(f"Erased: {_counts(counts) or 'there was nothing'}.")
    return redirect(url_for("people.page"))


def _number() -> str:
    return request.form.get("number", "").strip()[:40]


def _subject(person: Person) -> str:
    """Who it was, for who has the key: the audit log holds no number."""
    key = erasure_key(services().settings)
    return f"person {number_hash(key, person.digits)[:12]}" if key else "person"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def _page(
    session: Session, number: str, person: Person | None, refused: str = "", asked_by: str = ""
) -> str:
    erasures: Any = session.scalars(select(Erasure).order_by(Erasure.id.desc()).limit(NEWEST))
    site = load_site(session)
    return render_template(
        "people/page.html",
        number=number,
        person=person,
        refused=refused,
        asked_by=asked_by,
        erasures=[(each, _counts(each.counts)) for each in erasures],
        site=site,
        zone=site.timezone,
    )
