"""Campaigns, lists, files, leads and do-not-call through the pages, without a browser."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from callcenter.control.fake import FakeController
from callcenter.db.campaign_store import find_campaign, load_campaign, save_campaign
from callcenter.db.models import (
    AuditEntryRow,
    CallbackRow,
    CallTalk,
    DialAttemptRow,
    DoNotCallRow,
    LeadImportRow,
    LeadRow,
)
from callcenter.db.site_store import load_site, save_site
from callcenter.dialer.leads import manage
from callcenter.domain.campaign import CallerId, Campaign, LeadRule, ListShare
from callcenter.domain.errors import Conflict
from callcenter.jobs.load_leads import load_leads
from callcenter.settings import Settings
from tests.web.stack import PASSWORD
from tests.web.test_access import token_of
from web.campaigns.preview import script_for
from web.services import Services

PAGE = {"Accept": "text/html"}
NOW = 1795446000.0


class Visitor:
    """Somebody signed in, who fills in forms as a browser would."""

    def __init__(self, app: Flask, username: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.post("/sign-in", username=username, password=PASSWORD)

    def get(self, path: str) -> str:
        answer = self.client.get(path, headers=PAGE, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def post(self, path: str, status: int = 200, **values: Any) -> str:
        page = self.client.get("/sign-in", headers=PAGE, follow_redirects=True).text
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token
        data: MultiDict[str, Any] = MultiDict(values.pop("form", {}))
        for name, value in (values | {"csrf_token": token[1]}).items():
            data[name] = value
        answer = self.client.post(path, data=data, headers=PAGE, follow_redirects=True)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return answer.text

    def form(self, path: str) -> MultiDict[str, str]:
        """What the page's big form would send if nothing was touched."""
        page = self.get(path).split('class="site-form"')[1].split("<template>")
        html = page[0] + "".join(part.partition("</template>")[2] for part in page[1:])
        found: MultiDict[str, str] = MultiDict()
        for tag in re.findall(r"<input[^>]*>", html):
            name = re.search(r'\bname="([^"]*)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if name and ('type="checkbox"' not in tag or re.search(r"\schecked", tag)):
                found.add(name[1], value[1] if value else "")
        for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', html, re.S):
            chosen = re.search(r'value="([^"]*)" selected', options)
            found.add(name, chosen[1] if chosen else "")
        for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', html, re.S):
            found.add(name, text)
        found.poplist("csrf_token")
        return found


@pytest.fixture
def ann(app: Flask) -> Visitor:
    return Visitor(app, "ann")


def a_list(services: Services, name: str = "fresh") -> None:
    with services.sessions.begin() as session:
        manage.make_list(session, name, name.title(), "US", NOW)


def a_lead(services: Services, **values: str) -> int:
    with services.sessions.begin() as session:
        return manage.add_lead(session, "fresh", {"number": "2125550100"} | values, NOW, "test")


def audited(services: Services) -> list[str]:
    with services.sessions() as session:
        return list(session.scalars(select(AuditEntryRow.action).order_by(AuditEntryRow.id)))


def test_a_file_goes_from_upload_through_columns_to_leads(ann: Visitor, services: Services) -> None:
    ann.post("/dialer/lists/new", name="fresh", title="Fresh", country="us")
    text = "Phone,First name,Tariff\n2125550100,Zoë,gold\n12,Bad,\n2125550101,Bo,silver\n"
    file = (io.BytesIO(text.encode()), "leads.csv")
    page = ann.post("/dialer/imports/new", list="fresh", file=file)
    assert "What is in leads.csv?" in page
    assert "Zoë · Bad · Bo" in page
    columns = {"column-0": "number", "column-1": "given_name", "column-2": "custom"}
    page = ann.post("/dialer/imports/1/columns", header="yes", duplicates="list", form=columns)
    assert "waiting" in page
    assert load_leads(services.settings) == "loaded 2 leads of 1 files"
    assert "Rows left out, and why" in ann.get("/dialer/imports/1")
    assert "too few or too many digits" in ann.client.get("/dialer/imports/1/left-out.csv").text
    figures = ann.client.get("/api/dialer/imports/1").json
    assert figures is not None
    assert (figures["state"], figures["loaded"], figures["refused"]) == ("done", 2, 1)
    with services.sessions() as session:
        assert session.scalars(select(LeadRow.fields)).all() == [
            {"tariff": "gold"}, {"tariff": "silver"},
        ]  # fmt: skip
    assert "Zoë" in ann.get("/dialer/leads?q=zo")
    assert "+12125550101" in ann.get("/dialer/leads?q=555-0101")
    exported = ann.post("/dialer/lists/export/fresh")
    assert "+12125550100,,,,,,Zoë" in exported
    assert {"leads_imported", "leads_exported"} <= set(audited(services))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\x7fELF\0\0\0\0\0", "not a text file"), (b"", "empty")],
)
def test_a_file_that_is_none_is_refused_before_it_is_kept(
    content: bytes, message: str, ann: Visitor, services: Services
) -> None:
    a_list(services)
    file = (io.BytesIO(content), "leads.csv")
    assert message in ann.post("/dialer/imports/new", 400, list="fresh", file=file)
    with services.sessions() as session:
        assert session.scalars(select(LeadImportRow)).all() == []
    assert not any(Path(services.settings.home / "imports").iterdir())


def test_without_a_column_for_the_number_nothing_is_loaded(
    ann: Visitor, services: Services
) -> None:
    a_list(services)
    ann.post("/dialer/imports/new", list="fresh", file=(io.BytesIO(b"a,b\n1,2\n"), "x.csv"))
    page = ann.post("/dialer/imports/1/columns", 400, header="yes", form={"column-0": "note"})
    assert "Choose the column that has the phone number" in page


def test_a_campaign_is_made_in_the_form_and_stays_as_it_is_when_saved_again(
    ann: Visitor, services: Services
) -> None:
    a_list(services)
    form = ann.form("/dialer/campaigns/new")
    form["name"], form["title"], form["queue"] = "autumn", "Autumn", "sales"
    form["lists-0-list"], form["lists-0-weight"] = "fresh", "3"
    form["caller_ids-0-number"], form["caller_ids-0-prefixes"] = "+12125550999", "+1212, +1646"
    form["patience_seconds"], form["abandon_limit"] = "1.5", "2,5"
    assert form["retries-0-delay_seconds"] == "4 h"
    form["retries-0-delay_seconds"], form["retries-1-delay_seconds"] = "90", "1,5 d"
    form["detection_total_ms"] = "4000"
    form["first-0-field"], form["first-0-op"], form["first-0-value"] = "city", "is", "Ulm"
    form["filter_join"] = "any"
    form["filter_rows-0-field"], form["filter_rows-0-op"] = "region", "is"
    form["filter_rows-0-value"] = "TX"
    assert "Saved campaign autumn" in ann.post("/dialer/campaigns/new", form=form)
    with services.sessions() as session:
        made = load_campaign(session, "autumn")
    assert made.lists == (ListShare("fresh", 3),)
    assert made.caller_ids == (CallerId("+12125550999", ("+1212", "+1646")),)
    assert (made.patience_seconds, made.abandon_limit) == (1.5, 0.025)
    assert [each.delay_seconds for each in made.retries[:2]] == [5400, 129_600]
    assert made.detection.total_ms == 4000
    assert made.first == (LeadRule("city", "is", "Ulm"),)
    assert made.filter == '{"any": [{"field": "region", "op": "is", "value": "TX"}]}'
    ann.post("/dialer/campaigns/edit/autumn", form=ann.form("/dialer/campaigns/edit/autumn"))
    with services.sessions() as session:
        assert load_campaign(session, "autumn") == made


def test_what_a_preset_forbids_is_marked_where_it_was_typed(
    ann: Visitor, services: Services
) -> None:
    form = ann.form("/dialer/campaigns/new")
    form["name"], form["title"], form["queue"] = "autumn", "Autumn", "sales"
    form["ring_seconds"], form["abandon_limit"] = "10", "4"
    form["retries-0-delay_seconds"] = "a while"
    assert "15 min, 4 h or 1 d" in ann.post("/dialer/campaigns/new", 400, form=form)
    form["retries-0-delay_seconds"] = "1 h"
    page = ann.post("/dialer/campaigns/new", 400, form=form)
    assert "let it ring for at least 15 seconds" in page
    assert "at most 3% of answered calls" in page
    with services.sessions() as session:
        assert find_campaign(session, "autumn") is None


def test_somebody_elses_change_is_not_overwritten(ann: Visitor, services: Services) -> None:
    with services.sessions.begin() as session:
        save_campaign(session, Campaign("autumn", "Autumn", "sales"), NOW)
    form = ann.form("/dialer/campaigns/edit/autumn")
    with services.sessions.begin() as session:
        save_campaign(session, Campaign("autumn", "Changed", "sales"), NOW)
    page = ann.post("/dialer/campaigns/edit/autumn", 400, form=form)
    assert "somebody else saved this campaign meanwhile" in page


def test_an_unfinished_campaign_does_not_start_and_says_what_is_missing(
    ann: Visitor, services: Services
) -> None:
    with services.sessions.begin() as session:
        save_campaign(session, Campaign("autumn", "Autumn", "sales"), NOW)
    page = ann.post("/dialer/campaigns/state/autumn", state="running")
    assert "choose the trunk calls go out by" in page
    with services.sessions() as session:
        assert load_campaign(session, "autumn").state == "draft"


def test_a_lead_s_page_says_why_it_is_not_dialed(ann: Visitor, services: Services) -> None:
    a_list(services)
    lead = a_lead(services, given_name="Zoë")
    with services.sessions.begin() as session:
        campaign = Campaign("autumn", "Autumn", "sales", lists=(ListShare("fresh"),))
        save_campaign(session, campaign, NOW)
    ann.post("/dialer/do-not-call", number="(212) 555-0100", country="US", reason="letter")
    page = ann.get(f"/dialer/leads/{lead}")
    assert "the campaign is draft; start it" in page
    assert "the number is on the do-not-call list: site (letter)" in page
    assert "not by waiting" in page
    ann.post(f"/dialer/leads/{lead}/consent", number="+12125550100", act="give", source="letter")
    assert "letter" in ann.get(f"/dialer/leads/{lead}")
    year = datetime.now(UTC).year + 1
    due_at = datetime(year, 1, 5, 10, 30, tzinfo=ZoneInfo("America/New_York"))
    form = {"wall": f"{year}-01-05T10:30", "campaign": "autumn", "agent": "1001"}
    page = ann.post(f"/dialer/leads/{lead}/callback", form=form)
    with services.sessions() as session:
        promised = session.scalars(select(CallbackRow)).one()
    assert (promised.zone, promised.due_at) == ("America/New_York", due_at.timestamp())
    for change, refusal in (
        ({"wall": "2001-01-05T10:30"}, "is past; choose a later time"),
        ({"wall": "9999-01-05T10:30"}, "too far away"),
        ({"campaign": "nobody"}, "dials the lead"),
        ({"agent": "1009"}, "is not in queue"),
    ):
        assert refusal in ann.post(f"/dialer/leads/{lead}/callback", 400, form=form | change)


def test_recycling_counts_first(ann: Visitor, services: Services) -> None:
    a_list(services)
    lead = a_lead(services, given_name="Zoë")
    ann.post(f"/dialer/leads/{lead}/state", state="removed")
    with services.sessions.begin() as session:
        session.get_one(LeadRow, lead).state = "done"
    condition = {
        "filter_join": "all", "filter_rows-0-field": "given_name", "filter_rows-0-op": "is",
        "filter_rows-0-value": "ZOË",
    }  # fmt: skip
    wrong = condition | {"filter_rows-0-value": "Bo"}
    assert "<strong>0</strong> leads would" in ann.post("/dialer/lists/recycle/fresh", form=wrong)
    right = condition | {"filter_rows-0-op": "starts-with", "filter_rows-0-value": "zo"}
    with services.sessions.begin() as session:  # matches, and is not opened: it asked not to be
        other = manage.add_lead(session, "fresh", {"number": "2125550101", "given_name": "Zoë"},
                                NOW, "test")  # fmt: skip
        session.get_one(LeadRow, other).state = "do-not-call"
    page = ann.post("/dialer/lists/recycle/fresh", form=right)
    assert "Open this lead again" in page
    ann.post("/dialer/lists/recycle/fresh", do="1", form=right)
    with services.sessions() as session:
        assert session.get_one(LeadRow, lead).state == "open"


def test_an_outside_list_is_replaced_whole_and_warns_before_it_is_too_old(
    ann: Visitor, services: Services
) -> None:
    def load(text: str, scrubbed: str, status: int = 200) -> str:
        return ann.post(
            "/dialer/do-not-call/outside", status, name="register", scrubbed=scrubbed, days="31",
            country="US", file=(io.BytesIO(text.encode()), "x.csv"),
        )  # fmt: skip

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert "2 numbers are on the list" in load("number\n2125550100\n212,5550101\n", today)
    assert "still to come" in load("2125550103\n", "2099-01-01", 400)
    page = load("2125550102\n", "2001-01-01")
    assert "Nothing is dialed" in page
    with services.sessions() as session:
        assert session.scalars(select(DoNotCallRow.number)).all() == ["+12125550102"]
    assert "no phone number in its first column" in load("name\nnobody\n", today, 400)
    with services.sessions() as session:
        assert session.scalars(select(DoNotCallRow.number)).all() == ["+12125550102"]


def test_the_api_enters_numbers_for_supervisors(app: Flask, services: Services) -> None:
    sue = Visitor(app, "sue")
    page = sue.get("/wallboard")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    header = {"X-CSRF-Token": token[1]}
    sent = {"number": "+12125550100", "reason": "letter"}
    answer = sue.client.post("/api/do-not-call", json=sent, headers=header)
    assert answer.json == {"number": "+12125550100", "added": True}
    answer = sue.client.post("/api/do-not-call", json=sent, headers=header)
    assert answer.json == {"number": "+12125550100", "added": False}
    answer = sue.client.post("/api/do-not-call", json={"number": "nobody"}, headers=header)
    assert answer.status_code == 400
    with services.sessions() as session:
        row = session.scalars(select(DoNotCallRow)).one()
    assert (row.source, row.by, row.reason) == ("api", "sue", "letter")


# --- an agent's next lead ----------------------------------------------------------------------


@pytest.fixture
def dialer(app: Flask, services: Services) -> Iterator[FakeController]:
    settings: Settings = services.settings
    with services.sessions.begin() as session:
        script = "Hello {given_name}, about {plan}{nothing}."
        campaign = Campaign("vip", "VIP", "support", mode="preview", state="running", script=script)
        save_campaign(session, campaign, NOW)
    with FakeController(settings.dialer_socket) as started:
        yield started


OFFER = {
    "attempt": "a" * 32, "campaign": "vip", "lead": 7, "number": "+12125550100",
    "values": {"given_name": "<b>Zoë</b>", "plan": "gold"},
}  # fmt: skip


def test_an_agent_looks_at_a_lead_and_dials_or_skips_it(
    app: Flask, dialer: FakeController, services: Services
) -> None:
    al = Visitor(app, "al")
    assert "Next lead of VIP" in al.get("/me/leads")
    dialer.answers["next_lead"] = OFFER
    page = al.post("/me/leads/next", campaign="vip")
    assert "Hello &lt;b&gt;Zoë&lt;/b&gt;, about gold." in page
    assert "+12125550100" in page
    al.post("/me/leads/skip", attempt="a" * 32, reason="Not the right time")
    form = {"attempt": "a" * 32, "csrf_token": token_of(al.client)}
    begins_at = al.client.post("/me/leads/dial", data=form).headers["Location"]
    assert begins_at == "/me/leads#my-calls"  # the focus: nobody goes on by pressing Enter twice
    part = re.search(r'<section [^>]*id="my-calls" tabindex="-1"[^>]*>', al.get("/me/leads"))
    assert part
    assert "hidden" not in part[0]
    asked = [(each.command, each.arguments) for each in dialer.requests]
    assert asked == [
        ("next_lead", {"campaign": "vip", "agent": "1001"}),
        ("skip", {"attempt": "a" * 32, "agent": "1001", "reason": "Not the right time"}),
        ("dial", {"attempt": "a" * 32, "agent": "1001"}),
    ]
    assert {"lead_skipped", "lead_dialed"} <= set(audited(services))
    page = al.post("/me/leads/skip", attempt="a" * 32, reason="Wrong record", campaign="vip")
    assert "Skipped." in page
    assert "+12125550100" in page  # and the next one shows at once


def test_what_the_dialer_refuses_is_told_to_the_agent(app: Flask, dialer: FakeController) -> None:
    al = Visitor(app, "al")
    assert "No lead of VIP may be called just now" in al.post("/me/leads/next", campaign="vip")
    dialer.answers["dial"] = Conflict("Agent 1001 is not signed in at a phone. Sign in first.")
    assert "Sign in first." in al.post("/me/leads/dial", 409, attempt="a" * 32)
    page = al.post("/me/leads/next", 409, campaign="autumn")
    assert "none of yours" in page


def test_an_agent_says_what_a_campaign_s_call_came_to(app: Flask, services: Services) -> None:
    a_list(services)
    lead = a_lead(services, given_name="Zoë")
    now = time.time()
    with services.sessions.begin() as session:
        save_campaign(
            session, Campaign("autumn", "Autumn", "sales", script="Hello {given_name}"), NOW
        )
        for number, agent in enumerate(("1001", "1002")):
            call = f"pbx1-{number}"
            attempt = DialAttemptRow(
                id=str(number) * 32, campaign="autumn", lead_id=lead, number="+12125550100",
                mode="predictive", node="pbx1", call_id=call, reserved_at=now,
            )  # fmt: skip
            talk = CallTalk(
                node="pbx1", call_id=call, number=1, queue="sales", agent=agent, phone="201",
                started_at=now - 60, ended_at=None, talk_seconds=0, hold_seconds=0,
            )  # fmt: skip
            session.add_all([attempt, talk])
    al = Visitor(app, "al")
    page = al.get("/me/leads")
    assert "Hello Zoë" in page
    assert "on the line" in page
    assert "my_leads.js" in page
    moving = al.get("/me/leads/calls")  # what the page's script fetches again
    assert f'data-attempt="{"0" * 32}" open' in moving
    assert "1" * 32 not in moving  # somebody else's call
    said = "/me/leads/said"
    assert "none of your last ones" in al.post(said, 400, attempt="1" * 32, code="success")
    assert "by the lead&#39;s clock" in al.post(said, 400, attempt="0" * 32, code="callback")
    wall = f"{datetime.now(UTC).year + 1}-01-05T10:30"
    al.post(said, attempt="0" * 32, code="callback", wall=wall, mine="1", note="contract")
    with services.sessions() as session:
        promised = session.scalars(select(CallbackRow)).one()
        assert (promised.agent, promised.zone, promised.note) == (
            "1001", "America/New_York", "contract",
        )  # fmt: skip
        assert session.get_one(LeadRow, lead).state == "open"
    al.post(said, attempt="0" * 32, code="do-not-call")
    with services.sessions() as session:
        assert session.get_one(LeadRow, lead).state == "do-not-call"
        assert session.scalars(select(DoNotCallRow.source)).all() == ["agent"]
        assert session.get_one(DialAttemptRow, "0" * 32).disposition == "do-not-call"


def test_a_script_leaves_out_what_the_lead_has_not() -> None:
    assert script_for("Hello {given_name}, {x} {a b}", {"given_name": "Ann"}) == "Hello Ann,  {a b}"


def test_a_script_and_a_lead_show_numbers_as_the_role_sees_them(
    app: Flask, dialer: FakeController, services: Services
) -> None:
    with services.sessions.begin() as session:
        save_site(session, replace(load_site(session), agents_see_numbers="hidden"), by="test")
    values = {"given_name": "Zoë", "plan": "gold, call +49 151 2345678"}
    dialer.answers["next_lead"] = OFFER | {"values": values}
    page = Visitor(app, "al").post("/me/leads/next", campaign="vip")
    assert "Hello Zoë, about gold, call" in page
    assert "2345678" not in page
    assert "2125550100" not in page


def test_digits_that_are_none_are_no_error_of_ours(ann: Visitor) -> None:
    assert "Leads" in ann.get("/dialer/leads?after=²")
