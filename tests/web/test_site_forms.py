"""The site's forms: the real app, database, espeak and sox; a controller that answers by rote."""

from __future__ import annotations

import dataclasses
import html
import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from callcenter.accounts.users import set_password
from callcenter.control.fake import FakeController
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.errors import Conflict
from callcenter.domain.site import MenuOption, Site
from callcenter.domain.site_parts import key_of
from callcenter.settings import Settings
from tests import prepared
from tests.unit.site.small import SMALL
from web import create_app
from web.site.subjects import SUBJECTS

PASSWORD = "correct horse battery"
DIFF = "--- a/pjsip.conf\n+++ b/pjsip.conf\n@@ -1 +1 @@\n-x\n+<script>\n"


@dataclass
class Office:
    client: FlaskClient
    settings: Settings
    controller: FakeController

    def site(self) -> Site:
        with sessions(open_engine(self.settings.database))() as session:
            return load_site(session)

    def save(self, site: Site) -> None:
        with sessions(open_engine(self.settings.database)).begin() as session:
            save_site(session, site, "somebody else")

    def audit(self) -> list[tuple[str, str, str]]:
        with sessions(open_engine(self.settings.database))() as session:
            entries = session.scalars(select(AuditEntryRow).order_by(AuditEntryRow.id)).all()
            return [(entry.by, entry.action, entry.subject) for entry in entries]

    def sign_in(self, username: str) -> None:
        self.post("/sign-in", {"username": username, "password": PASSWORD}, page="/sign-in")

    def fields(self, page: str) -> dict[str, list[str]]:
        """What a browser would send for the form of a page."""
        return form_fields(self.client.get(page).text)

    def post(
        self, path: str, fields: dict[str, object], page: str = "/site/settings"
    ) -> TestResponse:
        token = self.fields(page)["csrf_token"]
        return self.client.post(path, data={"csrf_token": token, **fields})


def form_fields(page: str) -> dict[str, list[str]]:
    page = re.sub(r"<template>.*?</template>", "", page, flags=re.S)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r' name="([^"]*)"', tag)
        box = 'type="checkbox"' in tag
        if name and 'type="file"' not in tag and (not box or re.search(r"\schecked", tag)):
            value = re.search(r' value="([^"]*)"', tag)
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(
        r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', page, flags=re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = [chosen[1] if chosen else ""]
    for name, body in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = [body]
    return {name: [html.unescape(value) for value in values] for name, values in found.items()}


@cache
def small_site_of_people() -> bytes:
    def fill(session: Session) -> None:
        save_site(session, SMALL, "test")
        for user in SMALL.users:
            set_password(session, user.username, PASSWORD)

    return prepared.sqlite_file(fill)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = Settings(home=tmp_path, web_secret="s" * 40)
    (tmp_path / "callcenter.sqlite").write_bytes(small_site_of_people())
    (tmp_path / "run").mkdir()
    with FakeController(settings.control_socket) as controller:
        controller.answers["config_diff"] = {"text": ""}
        opened = Office(create_app(settings).test_client(), settings, controller)
        opened.sign_in("ann")
        yield opened


@pytest.mark.parametrize("collection", SUBJECTS)
def test_each_form_saved_untouched_changes_nothing(office: Office, collection: str) -> None:
    for record in getattr(SMALL, collection):
        page = f"/site/{collection}/edit/{key_of(record)}"
        answer = office.client.post(page, data=office.fields(page))
        assert answer.status_code == 302, answer.text
    assert office.site() == SMALL


@pytest.mark.parametrize("collection", SUBJECTS)
def test_each_list_shows_its_records_and_an_empty_one_teaches(
    office: Office, collection: str
) -> None:
    page = office.client.get(f"/site/{collection}").text
    assert all(f"/site/{collection}/edit/" in page for _ in getattr(SMALL, collection))
    if collection != "users":
        office.save(Site(users=SMALL.users[:1] and (replace(SMALL.users[0], agent="", phone=""),)))
        empty = office.client.get(f"/site/{collection}").text
        assert f"Add the first {SUBJECTS[collection].one}" in empty


def test_a_new_queue_is_saved_and_audited(office: Office) -> None:
    fields = office.fields("/site/queues/new") | {"name": ["late"], "title": ["Late & <b>"]}
    refused = office.client.post("/site/queues/new", data=fields)
    assert refused.status_code == 400
    assert "Late &amp; &lt;b&gt;" in refused.text
    fields["title"] = ["Late shift"]
    assert office.client.post("/site/queues/new", data=fields).status_code == 302
    assert office.site().queues[-1].name == "late"
    assert ("ann", "site_added", "queues.late") in office.audit()


def test_a_refusal_stands_at_its_field_with_what_was_typed(office: Office) -> None:
    fields = office.fields("/site/queues/new") | {"name": ["Late Shift"], "ring_seconds": ["soon"]}
    answer = office.client.post("/site/queues/new", data=fields)
    assert answer.status_code == 400
    assert re.search(r'value="soon"[^>]*aria-invalid="true"', answer.text)
    fields["ring_seconds"] = ["20"]
    answer = office.client.post("/site/queues/new", data=fields)
    assert re.search(r'value="Late Shift"[^>]*aria-invalid="true"', answer.text)
    assert "Must start with a small letter" in answer.text


def test_a_menu_is_edited_inline_and_a_blank_row_is_left_out(office: Office) -> None:
    page = "/site/menus/edit/main"
    fields = office.fields(page)
    added = {"options-7-digit": ["9"], "options-7-destination": ["queue:sales"],
             "options-8-digit": [""], "options-8-destination": [""]}  # fmt: skip
    assert office.client.post(page, data=fields | added).status_code == 302
    assert office.site().menus[0].options == (
        *SMALL.menus[0].options,
        MenuOption("9", "queue:sales"),
    )


def test_an_error_in_a_row_stands_at_that_row(office: Office) -> None:
    page = "/site/menus/edit/main"
    fields = office.fields(page) | {"options-1-destination": [""]}
    answer = office.client.post(page, data=fields)
    assert answer.status_code == 400
    assert re.search(r'name="options-1-destination"[^>]*aria-invalid="true"', answer.text)


def test_a_row_is_added_without_a_script(office: Office) -> None:
    page = "/site/menus/edit/main"
    answer = office.client.post(page, data=office.fields(page) | {"add_row": ["options"]})
    assert 'name="options-2-digit"' in answer.text
    assert office.site() == SMALL


def test_hours_take_rules_and_holidays(office: Office) -> None:
    page = "/site/hours/edit/office"
    fields = office.fields(page) | {
        "rules-1-weekdays": ["5", "6"], "rules-1-opens": ["10:00"], "rules-1-closes": ["00:00"],
        "holidays-1-day": ["2027-01-01"], "holidays-1-name": ["New Year"],
    }  # fmt: skip
    assert office.client.post(page, data=fields).status_code == 302
    hours = office.site().hours[0]
    assert hours.rules[1].weekdays == (5, 6)
    assert [holiday.name for holiday in hours.holidays] == ["Christmas", "New Year"]


def test_an_edit_made_meanwhile_is_not_lost(office: Office) -> None:
    page = "/site/queues/edit/support"
    fields = office.fields(page)
    office.save(replace(SMALL, queues=(replace(SMALL.queues[0], weight=7), SMALL.queues[1])))
    answer = office.client.post(page, data=fields | {"title": ["Mine"]})
    assert answer.status_code == 400
    assert "Somebody else saved" in answer.text or "somebody else saved" in answer.text
    assert (office.site().queues[0].weight, office.site().queues[0].title) == (7, "Support")


def test_edits_of_two_different_records_both_stay(office: Office) -> None:
    page = "/site/queues/edit/support"
    fields = office.fields(page)
    office.save(replace(SMALL, queues=(SMALL.queues[0], replace(SMALL.queues[1], weight=7))))
    assert office.client.post(page, data=fields | {"title": ["Mine"]}).status_code == 302
    assert [queue.title for queue in office.site().queues] == ["Mine", "Sales"]
    assert office.site().queues[1].weight == 7


def test_what_is_pointed_at_cannot_be_deleted_and_says_by_what(office: Office) -> None:
    asked = office.client.get("/site/queues/delete/support").text
    assert "menus.main.on_timeout" in asked
    assert office.post("/site/queues/delete/support", {}).status_code == 409
    assert office.post("/site/queues/delete/sales", {}).status_code == 302
    assert [queue.name for queue in office.site().queues] == ["support"]


def test_a_phone_secret_is_shown_on_demand_only_and_audited(office: Office) -> None:
    secret = SMALL.phones[0].secret
    assert secret not in office.client.get("/site/phones/edit/201").text
    assert office.client.get("/site/phones/card/201").status_code in (404, 405)
    card = office.post("/site/phones/card/201", {}).text
    assert secret in card
    assert re.search(r"<code>[0-9a-z.-]+:[0-9]+</code>", card), "where to register is missing"
    assert ("ann", "phone_secret_shown", "phones.201") in office.audit()


def test_a_mailbox_is_taken_away_and_given_by_its_tick(office: Office) -> None:
    page = "/site/phones/edit/202"
    office.client.post(page, data=office.fields(page) | {"voicemail_pin-on": ["1"]})
    pin = office.site().phones[1].voicemail_pin
    assert len(pin) == 6
    office.client.post(page, data=office.fields(page))
    assert office.site().phones[1].voicemail_pin == pin
    fields = office.fields(page)
    del fields["voicemail_pin-on"]
    office.client.post(page, data=fields)
    assert office.site().phones[1].voicemail_pin == ""


def test_a_new_user_gets_a_password_that_works_and_is_shown_once(office: Office) -> None:
    fields = office.fields("/site/users/new") | {"username": ["cy"], "name": ["Cy"],
                                                 "role": ["agent"]}  # fmt: skip
    answer = office.client.post("/site/users/new", data=fields)
    shown = re.search(r'class="secret">([^<]+)<', answer.text)
    assert shown
    assert shown[1] not in "".join(answer.headers.getlist("Set-Cookie"))
    other = create_app(office.settings).test_client()
    token = form_fields(other.get("/sign-in").text)["csrf_token"]
    entered = other.post(
        "/sign-in", data={"csrf_token": token, "username": "cy", "password": shown[1]}
    )
    assert entered.status_code == 302


def test_a_prompt_is_spoken_played_and_replaced_by_an_upload(
    office: Office, tmp_path: Path
) -> None:
    page = "/site/prompts/edit/welcome"
    office.client.post(page, data=office.fields(page) | {"text": ["Hello there"]})
    spoken = office.client.get("/site/prompts/audio/welcome")
    assert spoken.mimetype == "audio/wav"
    tone = tmp_path / "tone.wav"
    subprocess.run(["sox", "-n", "-r", "48000", tone, "synth", "1", "sine", "440"], check=True)
    fields = office.fields(page) | {"audio": (io.BytesIO(tone.read_bytes()), "../../evil.wav")}
    assert office.client.post(page, data=fields).status_code == 302
    assert office.site().prompts[0].uploaded
    assert office.client.get("/site/prompts/audio/welcome").data != spoken.data
    assert {path.name for path in office.settings.prompts.iterdir()} == {
        "welcome.wav", "closed.wav", "closed.spoken",
    }  # fmt: skip


def test_an_upload_that_is_no_audio_saves_nothing(office: Office) -> None:
    page = "/site/prompts/edit/welcome"
    fields = office.fields(page) | {"audio": (io.BytesIO(b"<script>"), "a.wav")}
    answer = office.client.post(page, data=fields)
    assert answer.status_code == 400
    assert "not a WAV" in answer.text
    assert office.site() == SMALL


def test_changes_that_wait_are_told_reviewed_as_text_and_applied(office: Office) -> None:
    assert "not yet applied" not in office.client.get("/site/queues").text
    office.controller.answers["config_diff"] = {"text": DIFF}
    banner = office.client.get("/site/queues").text
    assert "Not yet applied" in banner
    assert (
        'href="/site/messages/edit/closed"'
        in banner.partition("Not yet applied")[2].partition("</span>")[0]
    )
    page = office.client.get("/site/config").text
    assert "+&lt;script&gt;" in page
    office.controller.answers["config_apply"] = {"generation": 4, "changed": ["pjsip.conf"]}
    assert office.post("/site/config/apply", {}).status_code == 302
    assert ("ann", "config_apply", "") in office.audit()
    office.controller.answers["config_apply"] = Conflict("queues.conf:3: Asterisk refused it")
    refused = office.post("/site/config/apply", {})
    assert refused.status_code == 409
    assert "queues.conf:3: Asterisk refused it" in refused.text


def test_the_settings_of_the_site_are_judged_too(office: Office) -> None:
    fields = office.fields("/site/settings")
    bad = office.client.post("/site/settings", data=fields | {"timezone": ["Mars/Base"]})
    assert bad.status_code == 400
    assert "there is no time zone" in bad.text.lower()
    fields |= {"timezone": ["Asia/Tokyo"], "pause_reasons": ["Tea\r\n\r\nLunch"],
               "working_pause_reasons": ["Lunch"]}  # fmt: skip
    assert office.client.post("/site/settings", data=fields).status_code == 302
    assert (office.site().timezone, office.site().pause_reasons) == ("Asia/Tokyo", ("Tea", "Lunch"))
    assert office.site().working_pause_reasons == ("Lunch",)
    fields = office.fields("/site/settings") | {"working_pause_reasons": ["Golf"]}
    bad = office.client.post("/site/settings", data=fields)
    assert "Golf is no pause reason of yours" in bad.text


def test_the_file_to_download_has_no_secret(office: Office) -> None:
    text = office.client.get("/site/file").text
    assert "extension: '201'" in text
    assert SMALL.phones[0].secret not in text


def test_an_agent_may_see_none_of_it(office: Office) -> None:
    office.client = create_app(office.settings).test_client()
    office.sign_in("bo")
    for page in ("/site", "/site/queues", "/site/queues/new", "/site/config", "/site/file",
                 "/site/prompts/audio/welcome", "/site/settings"):  # fmt: skip
        assert office.client.get(page).status_code == 403, page


def test_the_overview_leads_step_by_step_to_the_first_call(office: Office) -> None:
    """What is missing is a link, what is there already is none."""
    with sessions(open_engine(office.settings.database)).begin() as session:
        save_site(session, dataclasses.replace(office.site(), dids=()), "test")
    page = office.client.get("/site").text
    steps = page.partition("From nothing to the first call")[2].partition("</ol>")[0]
    assert 'href="/site/dids/new"' in steps
    assert 'href="/site/queues/new"' not in steps
