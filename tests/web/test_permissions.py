"""Consents and do-not-call numbers by the file, by the command line, and by other programs."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcenter.accounts.api_tokens import drop_token, make_token
from callcenter.cli import main
from callcenter.db.campaign_store import save_campaign
from callcenter.db.models import AuditEntryRow, ConsentRow, DoNotCallRow
from callcenter.db.models.api_tokens import ApiTokenRow
from callcenter.db.site_store import load_site, save_site
from callcenter.dialer.leads import do_not_call, manage
from callcenter.domain.campaign import Campaign, ListShare
from callcenter.domain.site import Team
from tests.web.test_access import sign_in, token_of
from web.services import EXTENSION, Services

PAGE = {"Accept": "text/html"}
FILE = """number,source,evidence,given_at,campaign
+12125550100,letter,folder 7,2026-06-01,
(212) 555-0101,,,,
12,letter,,,
+12125550102,letter,,yesterday,
+12125550103,letter,,,no-such
+12125550100,letter,folder 7,2026-06-01,
"""


def rows(app: Flask, table: Any) -> list[Any]:
    services: Services = app.extensions[EXTENSION]
    with services.sessions() as session:
        return list(session.scalars(select(table)))


def test_a_file_of_consents_is_taken_with_an_answer_for_every_bad_row(app: Flask) -> None:
    ann = app.test_client()
    assert sign_in(ann, "ann") == 302
    form: dict[str, Any] = {"csrf_token": token_of(ann), "country": "us", "source": "web form"}
    for known in ("1", "3"):  # a row twice in the file, then all of them
        file = {"file": (io.BytesIO(FILE.encode()), "consents.csv")}
        page = ann.post("/dialer/consents", data=form | file, headers=PAGE).text
        assert re.search(rf"{known} stood there already,\s+3 rows were left out", page)
        for line, why in (("4", "12"), ("5", "is no day such as"), ("6", "no campaign no-such")):
            told = page.split(f'<td class="number">{line}</td>')[1].split("</tr>")[0]
            assert why in told
    found = {row.number: row for row in rows(app, ConsentRow)}
    assert set(found) == {"+12125550100", "+12125550101"}
    assert (found["+12125550100"].evidence, found["+12125550101"].source) == (
        "folder 7",
        "web form",
    )
    file = {"file": (io.BytesIO(b"name;phone\na;b\n"), "leads.csv")}
    refused = ann.post("/dialer/consents", data=form | file, headers=PAGE)
    assert refused.status_code == 400
    assert "known are number, source" in refused.text


@pytest.fixture
def crm(app: Flask) -> FlaskClient:
    services: Services = app.extensions[EXTENSION]
    with services.sessions.begin() as session:
        secret = make_token(session, "crm", services.clock())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def test_a_program_enters_numbers_and_consents_by_its_token(app: Flask, crm: FlaskClient) -> None:
    number = {"number": "+1 212 555 0100"}
    entered = crm.post("/api/do-not-call", json=number | {"reason": "letter"})
    assert entered.json == {"number": "+12125550100", "added": True}
    assert crm.post("/api/do-not-call", json=number).json == entered.json | {"added": False}
    lists = crm.post("/api/do-not-call/check", json=number)
    assert lists.json == {"number": "+12125550100", "lists": ["site"]}
    consent = number | {"source": "web form"}
    assert crm.post("/api/consents", json=consent).json["added"]
    assert crm.post("/api/consents/revoke", json=number).json["revoked"] == 1
    nowhere = number | {"campaign": "none"}
    for address, wrong in (("do-not-call", nowhere), ("consents", number), ("consents", [])):
        assert crm.post(f"/api/{address}", json=wrong).status_code == 400, wrong
    (entry,) = rows(app, DoNotCallRow)
    assert (entry.source, entry.by, entry.reason) == ("api", "api crm", "letter")
    assert {each.by for each in rows(app, AuditEntryRow)} == {"test", "api crm"}
    assert rows(app, ApiTokenRow)[0].used_at is not None


def test_the_token_opens_nothing_else_and_can_be_taken_back(app: Flask, crm: FlaskClient) -> None:
    assert crm.get("/wallboard").status_code == 401
    assert crm.get("/dialer/do-not-call").status_code == 401
    assert crm.post("/api/calls/c1/hang-up", json={}).status_code == 401
    services: Services = app.extensions[EXTENSION]
    with services.sessions.begin() as session:
        drop_token(session, "crm")
    refused = crm.post("/api/do-not-call", json={"number": "+12125550100"})
    assert refused.status_code == 401
    assert rows(app, DoNotCallRow) == []


def test_a_supervisor_looks_at_the_own_leads_and_changes_nothing(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    now = services.clock()
    with services.sessions.begin() as session:
        site = load_site(session)
        team = Team("one", "Team one", agents=(), queues=("sales",))
        users = [replace(each, teams=("one",)) if each.username == "sue" else each
                 for each in site.users]  # fmt: skip
        save_site(session, replace(site, teams=(team,), users=tuple(users),
                                   supervisors_see_numbers="masked"), by="test")  # fmt: skip
        leads = []
        for name, number in (("sales", "+12125550100"), ("support", "+12125550101")):
            manage.make_list(session, name, name, "US", now)
            campaign = Campaign(name, f"For {name}", name, lists=(ListShare(name),))
            save_campaign(session, campaign, now)
            values = {"number": number, "given_name": f"Zoe {name}", "note": f"call {number}"}
            leads.append(manage.add_lead(session, name, values, now, "ann"))
            do_not_call.add(session, number, now, source="page", campaign=name)
    sue = app.test_client()
    assert sign_in(sue, "sue") == 302
    own, other = (sue.get(f"/dialer/leads/{lead}", headers=PAGE) for lead in leads)
    found = sue.get("/dialer/leads", headers=PAGE).text
    assert other.status_code == 404
    assert "Zoe sales" in found
    assert "Zoe support" not in found
    listed = sue.get("/dialer/do-not-call", headers=PAGE).text
    words = " ".join(listed.split())
    assert "campaign sales" in words
    assert "campaign support" not in words
    assert "Zoe" not in sue.get("/dialer/leads?q=5550100", headers=PAGE).text
    for page in (own.text, found, listed):
        assert "5550100" not in page
        assert "+12125550•••" in page
        assert not re.search(r'<form method="post"(?! action="/sign-out")', page)


def test_consents_and_tokens_by_command(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(app.extensions[EXTENSION].settings.home)
    file = tmp_path / "consents.csv"
    file.write_text(FILE)
    words = ["consents", "import", str(file), "--country", "US", "--source", "web form"]
    assert main(["--home", home, *words]) == 0
    said = capsys.readouterr().out
    assert "2 consents written, 1 were there, 3 left out" in said
    assert "line 6: there is no campaign no-such" in said
    assert main(["--home", home, "consents", "revoke", "+12125550100"]) == 0
    assert main(["--home", home, "consents", "show", "+12125550100"]) == 0
    assert "taken back" in capsys.readouterr().out
    assert main(["--home", home, "api-token", "make", "crm"]) == 0
    assert capsys.readouterr().out.startswith("cc_")
    assert main(["--home", home, "api-token", "make", "crm"]) == 1
    assert main(["--home", home, "api-token", "drop", "crm"]) == 0
