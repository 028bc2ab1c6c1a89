"""The list of one kind of record, its form, saving and deleting."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callcenter.accounts.first_passwords import give_first_passwords
from callcenter.db.site_store import EDITED_MEANWHILE, load_site, load_versioned, save_site
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, KEYS, key_of, place_of, pointing_at
from callcenter.domain.site_rules import Problem, UnsoundSite
from web.access import current_user, requires
from web.services import services
from web.site.ask import Subject
from web.site.blueprint import blueprint
from web.site.cells import cell
from web.site.controls import draw
from web.site.form import Texts, compacted, control_name, texts_of, values_of
from web.site.prompts import keep_audio, speak_missing, with_upload
from web.site.subjects import SUBJECTS


@dataclass
class Draft:
    """A form on its way: what was typed and what is wrong with it, by control name."""

    subject: Subject
    key: str  # empty: a new record
    texts: Texts
    errors: dict[str, str]
    elsewhere: list[Problem]
    mark: str  # what the record was when the form was drawn
    extra_rows: str = ""
    saved: str = ""  # the key it was saved under


@blueprint.get("/site/<collection>")
@requires("admin")
def listing(collection: str) -> str:
    subject = _subject(collection)
    with services().sessions() as session:
        site = load_site(session)
    rows = [
        (key_of(record), [cell(subject, site, record, field) for field, _ in subject.columns])
        for record in getattr(site, collection)
    ]
    return render_template("site/list.html", subject=subject, rows=rows)


@blueprint.get("/site/<collection>/new")
@requires("admin")
def new(collection: str) -> ResponseReturnValue:
    subject = _subject(collection)
    texts = texts_of(subject, _blank(collection))
    return _page(Draft(subject, "", texts, {}, [], mark=""))


@blueprint.post("/site/<collection>/new")
@requires("admin")
def create(collection: str) -> ResponseReturnValue:
    return _submitted(_subject(collection), "")


@blueprint.get("/site/<collection>/edit/<key>")
@requires("admin")
def edit(collection: str, key: str) -> ResponseReturnValue:
    subject = _subject(collection)
    with services().sessions() as session:
        record = _find(load_site(session), subject, key)
    return _page(Draft(subject, key, texts_of(subject, record), {}, [], _mark(record)))


@blueprint.post("/site/<collection>/edit/<key>")
@requires("admin")
def update(collection: str, key: str) -> ResponseReturnValue:
    return _submitted(_subject(collection), key)


@blueprint.get("/site/<collection>/delete/<key>")
@requires("admin")
def ask_delete(collection: str, key: str) -> str:
    subject = _subject(collection)
    with services().sessions() as session:
        site = load_site(session)
    _find(site, subject, key)
    places = pointing_at(site, collection, key)
    return render_template("site/delete.html", subject=subject, key=key, places=places)


@blueprint.post("/site/<collection>/delete/<key>")
@requires("admin")
def delete(collection: str, key: str) -> ResponseReturnValue:
    subject = _subject(collection)
    with services().sessions.begin() as session:
        site, version = load_versioned(session)
        _find(site, subject, key)
        places = pointing_at(site, collection, key)
        if places:
            raise Conflict(f"{subject.one} {key} is still used by {', '.join(places)}")
        kept = tuple(each for each in getattr(site, collection) if key_of(each) != key)
        wanted = _with(site, collection, kept)
        save_site(session, wanted, current_user().username, expected_version=version)
    flash(f"Deleted {subject.one} {key}.")
    return redirect(url_for("site.listing", collection=collection))


def _submitted(subject: Subject, key: str) -> ResponseReturnValue:
    texts: Texts = request.form.copy()
    draft = Draft(subject, key, compacted(subject, texts), {}, [], texts.get("mark", ""))
    if "add_row" in texts:
        draft.extra_rows = texts["add_row"]
        return _page(draft)
    try:
        passwords = _save(draft)
    except (InvalidInput, Conflict) as refused:
        _refuse(draft, refused)
    if draft.errors or draft.elsewhere:
        return _page(draft), 400
    return _saved(subject, draft.saved, passwords)


def _saved(subject: Subject, key: str, passwords: dict[str, str]) -> ResponseReturnValue:
    flash(f"Saved {subject.one} {key}.")
    for problem in speak_missing():
        flash(problem)
    if passwords:
        # Rendered, not flashed: a flash would put the password into a cookie.
        return render_template("site/passwords.html", passwords=passwords)
    return redirect(url_for("site.listing", collection=subject.collection))


def _save(draft: Draft) -> dict[str, str]:
    """Saves the record, or fills in the draft's errors and saves nothing."""
    subject, collection = draft.subject, draft.subject.collection
    kind = COLLECTIONS[collection]
    values, problems = values_of(subject, kind, draft.texts)
    if problems:
        _place_errors(draft, problems)
        return {}
    with services().sessions.begin() as session:
        site, version = load_versioned(session)
        present = _find(site, subject, draft.key) if draft.key else _blank(collection)
        if draft.key and _mark(present) != draft.mark:
            raise Conflict(EDITED_MEANWHILE)
        if draft.key:
            values[KEYS[kind]] = draft.key
        record = with_upload(dataclasses.replace(present, **values))
        try:
            passwords = _save_record(session, site, record, draft.key, version)
        except UnsoundSite as unsound:
            session.rollback()
            _place_errors(draft, _relative(site, collection, record, draft.key, unsound.problems))
            return {}
        _keep_audio(session, draft, record)
        draft.saved = key_of(record)
        return passwords


def _keep_audio(session: Session, draft: Draft, record: Any) -> None:
    try:
        keep_audio(record)
    except InvalidInput as refused:
        session.rollback()
        draft.errors["audio"] = str(refused)


def _save_record(
    session: Session, site: Site, record: Any, old_key: str, version: int
) -> dict[str, str]:
    collection = next(name for name, kind in COLLECTIONS.items() if kind is type(record))
    records = getattr(site, collection)
    if old_key:
        wanted = tuple(record if key_of(each) == old_key else each for each in records)
    else:
        wanted = (*records, record)
    by = current_user().username
    save_site(session, _with(site, collection, wanted), by, expected_version=version)
    return give_first_passwords(session) if collection == "users" else {}


def _relative(
    site: Site, collection: str, record: Any, old_key: str, problems: tuple[Problem, ...]
) -> list[Problem]:
    """Places inside this record lose its name; others stay whole."""
    keys = [key_of(each) for each in getattr(site, collection)]
    index = keys.index(old_key) if old_key else len(keys)
    own = place_of(collection, key_of(record), index)
    found = []
    for problem in problems:
        if problem.place == own:
            found.append(Problem(KEYS[type(record)], problem.message))
        elif problem.place.startswith(f"{own}."):
            found.append(Problem(problem.place.removeprefix(f"{own}."), problem.message))
        else:
            found.append(problem)
    return found


def _place_errors(draft: Draft, problems: list[Problem]) -> None:
    names = _control_names(draft)
    for problem in problems:
        name = control_name(draft.subject, problem.place)
        if name in names:
            draft.errors.setdefault(name, problem.message)
        else:
            draft.elsewhere.append(problem)


def _control_names(draft: Draft) -> set[str]:
    rows = {
        name
        for name in draft.texts
        if any(name.startswith(f"{ask.name}-") for ask in draft.subject.asks)
    }
    return {ask.name for ask in draft.subject.asks} | rows | {"audio"}


def _refuse(draft: Draft, refused: InvalidInput | Conflict) -> None:
    draft.elsewhere.append(Problem("", str(refused)))


def _page(draft: Draft) -> str:
    with services().sessions() as session:
        site = load_site(session)
    parts = draw(
        draft.subject,
        site,
        draft.texts,
        draft.errors,
        is_new=not draft.key,
        extra_rows=draft.extra_rows,
    )
    return render_template("site/form.html", draft=draft, subject=draft.subject, parts=parts)


def _subject(collection: str) -> Subject:
    if collection not in SUBJECTS:
        raise NotFound("there is no such page in the site")
    return SUBJECTS[collection]


def _find(site: Site, subject: Subject, key: str) -> Any:
    for record in getattr(site, subject.collection):
        if key_of(record) == key:
            return record
    raise NotFound(f"there is no {subject.one} {key}; somebody may have deleted it")


def _with(site: Site, collection: str, records: tuple[Any, ...]) -> Site:
    changed: dict[str, Any] = {collection: records}
    return dataclasses.replace(site, **changed)


def _blank(collection: str) -> Any:
    """A record with its defaults, and empty texts where there is no default."""
    kind = COLLECTIONS[collection]
    given: dict[str, Any] = {
        each.name: () if str(each.type).startswith("tuple") else ""
        for each in dataclasses.fields(kind)
        if each.default is dataclasses.MISSING
    }
    return kind(**given)


def _mark(record: Any) -> str:
    """Changes when the record does. Keyed, so that it tells nothing about secrets."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, repr(record).encode(), hashlib.sha256).hexdigest()[:24]
