"""A person's data on the page: looked up, taken away, erased. No address, no log has the number."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call
from callcenter.db.site_store import load_site
from tests.web.call_books import fill_books
from tests.web.test_access import PASSWORD, sign_in, token_of
from web.live.floor import FLOOR
from web.services import EXTENSION, Services

PAGE = {"Accept": "text/html"}
NUMBER = "0151123"


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    fill_books(app.extensions[EXTENSION].settings)
    client = app.test_client()
    assert sign_in(client, "ann") == 302
    return client


def test_looked_up_taken_away_and_erased(app: Flask, ann: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    form = {"number": NUMBER, "csrf_token": token_of(ann)}
    assert "What there is" in ann.post("/people", data=form, headers=PAGE).text
    answer = ann.post("/people/export", data=form)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("person.json"))
        sounds = [name for name in archive.namelist() if name.endswith(".wav")]
    assert told["calls"]
    assert len(sounds) == 1
    done = {"asked_by": "a letter", "sure": "1", "password": PASSWORD}
    for missing in ("sure", "asked_by", "password"):
        short = {name: value for name, value in done.items() if name != missing}
        assert ann.post("/people/erase", data=form | short, headers=PAGE).status_code == 400
    wrong = form | done | {"password": "not this one"}
    refused = ann.post("/people/erase", data=wrong, headers=PAGE)
    assert "That is not your password" in refused.text
    with services.sessions() as session:
        assert NUMBER in set(session.scalars(select(Call.caller_number)))
    page = ann.post("/people/erase", data=form | done, headers=PAGE, follow_redirects=True)
    assert "a letter" in page.text
    assert NUMBER not in page.text
    with services.sessions() as session:
        assert NUMBER not in set(session.scalars(select(Call.caller_number)))
        entries = session.scalars(select(AuditEntryRow)).all()
        actions = [entry.action for entry in entries]
        assert not any(NUMBER in f"{entry.subject} {entry.detail}" for entry in entries)
    assert actions[-3:] == ["person_looked_up", "person_exported", "person_erased"]
    assert not list(services.settings.recordings.rglob("*.raw"))


def test_what_is_no_number_says_what_to_write(ann: FlaskClient) -> None:
    form = {"number": "12", "csrf_token": token_of(ann)}
    page = ann.post("/people", data=form, headers=PAGE)
    assert page.status_code == 400
    assert "Write the whole number" in page.text


def test_the_settings_form_keeps_what_is_kept_for_how_long(app: Flask, ann: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    page = ann.get("/site/settings", headers=PAGE).text
    drawn = re.search(r'name="drawn" value="([0-9a-f]+)"', page)
    assert drawn
    with services.sessions() as session:
        site = load_site(session)
    form = {
        "name": site.name, "timezone": site.timezone, "language": site.language,
        "pause_reasons": "\n".join(site.pause_reasons), "drawn": drawn[1],
        "csrf_token": token_of(ann), "agents_see_numbers": "hidden",
        "supervisors_see_numbers": "masked", "second_factor": "optional",
        "keep_recordings_days": "90", "keep_voicemail_days": "30", "keep_numbers_days": "",
        "keep_calls_days": "60",
    }  # fmt: skip
    refused = ann.post("/site/settings", data=form, headers=PAGE)
    assert "Calls go after 60 days and take this along" in refused.text
    listener = services.live.listen(FLOOR)
    assert ann.post("/site/settings", data=form | {"keep_calls_days": "400"}).status_code == 302
    assert listener.take(1)[-1] is None  # open pages come back and see as they may now
    with services.sessions() as session:
        site = load_site(session)
    assert (site.keep_recordings_days, site.keep_numbers_days, site.keep_calls_days) == (90, 0, 400)
    assert (site.agents_see_numbers, site.supervisors_see_numbers) == ("hidden", "masked")
