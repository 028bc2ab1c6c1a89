"""The overview, the site's own settings, and the site as a file to download."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, NamedTuple

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.db.site_store import EDITED_MEANWHILE, load_site, load_versioned, save_site
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.site import Site
from callcenter.domain.site_changes import OWN_FIELDS
from callcenter.domain.site_rules import Problem, UnsoundSite
from callcenter.site_file import write_site_file
from callcenter.site_file.values import whole_number
from web.access import current_user, requires
from web.auditing import audit
from web.services import services
from web.site.blueprint import blueprint
from web.site.subjects import SECTIONS, SUBJECTS

NUMBERS = {"full": "Whole", "masked": "Without the last three digits", "hidden": "Not at all"}
LISTS = ("pause_reasons", "working_pause_reasons")
CHOSEN = {
    "agents_see_numbers": NUMBERS,
    "supervisors_see_numbers": NUMBERS,
    "second_factor": {
        "optional": "Whoever wants one",
        "admins": "Every admin",
        "everybody": "Everybody",
    },
}
DAYS = ("keep_recordings_days", "keep_voicemail_days", "keep_numbers_days", "keep_calls_days")


class Step(NamedTuple):
    collection: str
    link: str
    rest: str
    done: bool


# (collection, what to click, what follows, how many there must be)
FIRST_STEPS = (
    ("phones", "Add a phone", "and register it with what its page says.", 1),
    ("queues", "Add a queue", "for callers to wait in.", 1),
    ("agents", "Add an agent", "who serves that queue.", 1),
    ("users", "Add a user", "for the agent, so that they can sign in on this page too.", 2),
    ("trunks", "Add the trunk", "your calls come through.", 1),
    ("dids", "Add your number", "and let it lead to the queue.", 1),
)


@blueprint.get("/site")
@requires("admin")
def index() -> str:
    with services().sessions() as session:
        site = load_site(session)
    counts = {name: len(getattr(site, name)) for name in SUBJECTS}
    steps = [
        Step(collection, link, rest, counts[collection] >= enough)
        for collection, link, rest, enough in FIRST_STEPS
    ]
    return render_template("site/index.html", site=site, counts=counts, steps=steps)


@blueprint.get("/site/settings")
@requires("admin")
def own_settings() -> str:
    with services().sessions() as session:
        site, _ = load_versioned(session)
    return _settings_page(_texts(site), _own(site), {})


@blueprint.post("/site/settings")
@requires("admin")
def save_own_settings() -> ResponseReturnValue:
    texts = {name: request.form.get(name, "").strip() for name in OWN_FIELDS}
    drawn = request.form.get("drawn", "")
    try:
        with services().sessions.begin() as session:
            site, version = load_versioned(session)
            if drawn != _own(site):
                raise Conflict(EDITED_MEANWHILE)
            by = current_user().username
            save_site(session, _changed(site, texts), by, expected_version=version)
    except UnsoundSite as unsound:
        errors = {each.place.partition("[")[0]: each.message for each in unsound.problems}
        return _settings_page(texts, drawn, errors), 400
    except (Conflict, InvalidInput) as refused:
        return _settings_page(texts, drawn, {"": str(refused)}), 400
    flash("Saved the site's settings.")
    return redirect(url_for("site.index"))


@blueprint.get("/site/file")
@requires("admin")
def site_file() -> Response:
    """The site as `callcenter site export` writes it, without secrets."""
    with services().sessions.begin() as session:
        text = write_site_file(load_site(session))
        audit(session, "site_exported")
    headers = {"Content-Disposition": 'attachment; filename="site.yaml"'}
    return Response(text, mimetype="application/yaml", headers=headers)


@blueprint.app_context_processor
def _menu_of_the_site() -> dict[str, Any]:
    if request.blueprint != "site":
        return {}
    return {"site_sections": _sections, "site_titles": _titles}


def _sections() -> list[tuple[str, list[Any]]]:
    return [
        (title, [each for each in SUBJECTS.values() if each.section == title]) for title in SECTIONS
    ]


def _settings_page(texts: dict[str, str], drawn: str, errors: dict[str, str]) -> str:
    return render_template(
        "site/settings.html", texts=texts, drawn=drawn, errors=errors, chosen=CHOSEN
    )


def _texts(site: Site) -> dict[str, str]:
    return {
        "name": site.name,
        "timezone": site.timezone,
        "language": site.language,
        "recognise_callers": "1" if site.recognise_callers else "",
        **{name: "\n".join(getattr(site, name)) for name in LISTS},
        **{name: str(getattr(site, name)) for name in (*CHOSEN, *DAYS)},
    }


def _changed(site: Site, texts: dict[str, str]) -> Site:
    found: dict[str, Any] = {name: _lines(texts[name]) for name in LISTS}
    found |= {name: texts[name] for name in CHOSEN}
    found |= {name: _days(name, texts[name]) for name in DAYS}
    return dataclasses.replace(
        site,
        name=texts["name"],
        timezone=texts["timezone"],
        language=texts["language"],
        recognise_callers=bool(texts["recognise_callers"]),
        **found,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _days(name: str, text: str) -> int:
    try:
        return whole_number(text or "0")
    except ValueError as error:
        raise UnsoundSite((Problem(name, str(error)),)) from None


def _own(site: Site) -> str:
    """What the settings were when the form was drawn, as a digest: browsers change line breaks."""
    return hashlib.sha256("\n".join(_texts(site).values()).encode()).hexdigest()[:24]


def _titles() -> dict[str, str]:
    """Collection → what one of it is called."""
    return {name: subject.one.capitalize() for name, subject in SUBJECTS.items()}
