"""A supervisor of a team, and a role that does not see numbers: nothing else on any route."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.routing import Rule

from callcenter.accounts.users import ROLES
from callcenter.db.engine import sessions
from callcenter.db.models.calls import Call, CallTalk, QueueVisit
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.sight import MASK
from callcenter.domain.site import Team, User
from callcenter.reports.table import NUMBER, REPORTS
from tests.web.call_books import fill_books
from tests.web.conftest import running_app
from tests.web.report_books import fill_reports
from tests.web.test_access import calls_to, sign_in, token_of
from web.access import role_needed
from web.services import EXTENSION, Services

PAGE = {"Accept": "text/html"}
MIDNIGHT = 1_781_740_800.0  # 2026-06-18 00:00 UTC
PERIOD = "from=2026-05-20&to=2026-12-31"
DAY = "from=2026-06-17&to=2026-06-17"  # of the agents' recorded shift
OWN_AGENT, OWN_QUEUE = "1001", "sales"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with running_app(tmp_path_factory.mktemp("sight")) as made:
        services: Services = made.extensions[EXTENSION]
        fill_reports(services.settings, MIDNIGHT)
        fill_books(services.settings)
        _give_team(services)
        yield made


def _give_team(services: Services) -> None:
    with services.sessions.begin() as session:
        site = load_site(session)
        team = Team("one", "Team one", agents=(OWN_AGENT,), queues=(OWN_QUEUE,))
        users = tuple(
            replace(each, teams=("one",)) if each.username == "sue" else each for each in site.users
        )
        wanted = replace(
            site, teams=(team,), users=users, supervisors_see_numbers="masked",
            agents_see_numbers="hidden",
        )  # fmt: skip
        save_site(session, wanted, by="test")


@pytest.fixture(scope="module")
def sue(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, "sue") == 302
    return client


@pytest.fixture(scope="module")
def truth(app: Flask) -> dict[str, bool]:
    """Call id → whether the team has part in it, reckoned call by call."""
    with sessions(app.extensions[EXTENSION].engine).begin() as session:
        talks = session.scalars(select(CallTalk).where(CallTalk.agent == OWN_AGENT))
        talked = {row.call_id for row in talks}
        waited = {
            row.call_id for row in session.scalars(select(QueueVisit)) if row.queue == "sales"
        }
        return {id: id in talked | waited for id in session.scalars(select(Call.id))}


@pytest.fixture(scope="module")
def numbers(app: Flask) -> set[str]:
    """Everybody's number in the books."""
    with sessions(app.extensions[EXTENSION].engine).begin() as session:
        calls = session.scalars(select(Call).where(Call.direction == "inbound"))
        return {call.caller_number for call in calls if len(call.caller_number) > 4}


def told(text: str, numbers: set[str]) -> set[str]:
    return {run for run in re.findall(r"\d{5,}", text) if run in numbers}


def test_the_books_hold_calls_of_both_kinds(truth: dict[str, bool], numbers: set[str]) -> None:
    assert 100 < sum(truth.values()) < len(truth) - 100
    assert len(numbers) > 100


def test_the_list_and_its_file_are_exactly_the_team_s_calls(
    sue: FlaskClient, truth: dict[str, bool]
) -> None:
    seen = {id for id, own in truth.items() if own}
    rows = list(csv.DictReader(io.StringIO(sue.get("/calls.csv").text)))
    assert {row["id"] for row in rows} == seen
    assert f"{len(seen):,} calls" in sue.get("/calls/", headers=PAGE).text


def test_a_call_of_others_is_not_there(sue: FlaskClient, truth: dict[str, bool]) -> None:
    own, other = (next(id for id, seen in truth.items() if seen is each) for each in (True, False))
    assert sue.get(f"/calls/{own}", headers=PAGE).status_code == 200
    for path in ("", "/recording.wav", "/peaks.json"):
        answer = sue.get(f"/calls/{other}{path}", headers=PAGE)
        assert answer.status_code == 404
        assert "no such call" in answer.text


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_only_rows_of_the_team(
    sue: FlaskClient, name: str, truth: dict[str, bool], numbers: set[str]
) -> None:
    period = DAY if name == "agent-activity" else PERIOD
    answer = sue.get(f"/reports/{name}/download.json?{period}")
    if not {"agent", "queue"} & set(REPORTS[name].asks):
        assert answer.status_code == 403
        return
    assert answer.status_code == 200
    assert told(answer.text, numbers) == set()
    rows = answer.get_json()
    for row in rows:
        assert row.get("call_id") is None or truth[row["call_id"]]
        if "agent" in row:
            assert row["agent"] in (OWN_AGENT, "Al Adams")
        elif "queue" in row:
            assert row["queue"] in (OWN_QUEUE, "Sales")
    foreign = sue.get(f"/reports/{name}/download.json?{period}&agent=1002&queue=support")
    for row in foreign.get_json():
        counted = [value for key, value in row.items() if key in ("offered", "talks", "times")]
        assert not any(counted), row


WITH_NUMBERS = [
    name for name, report in REPORTS.items()
    if any(label.unit == NUMBER for label in report.labels) and {"agent", "queue"} & {*report.asks}
]  # fmt: skip


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_spreadsheets_and_prints_are_masked_too(
    sue: FlaskClient, name: str, numbers: set[str]
) -> None:
    week = "from=2026-06-10&to=2026-06-18"
    book = load_workbook(io.BytesIO(sue.get(f"/reports/{name}/download.xlsx?{week}").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells), "no cell is a formula"
    pages = PdfReader(io.BytesIO(sue.get(f"/reports/{name}/download.pdf?{week}").data)).pages
    for text in (
        "\n".join(str(cell.value) for cell in cells),
        "\n".join(page.extract_text() for page in pages),
    ):
        assert re.search(rf"0151\d+{MASK}", text)
        assert told(text, numbers) == set()


def test_figures_are_those_of_the_team(app: Flask, sue: FlaskClient) -> None:
    def offered(queue: str) -> int:
        with sessions(app.extensions[EXTENSION].engine).begin() as session:
            rows = session.scalars(select(QueueVisit).where(QueueVisit.queue == queue))
            return len(rows.all())

    for name in ("interval", "waits", "heat-map", "queue"):
        rows = sue.get(f"/reports/{name}/download.json?{PERIOD}").get_json()
        assert sum(row["offered"] for row in rows) == offered(OWN_QUEUE), name
    assert offered("support") > 0


def test_a_team_s_figures_open_to_exactly_its_calls(
    app: Flask, sue: FlaskClient, truth: dict[str, bool]
) -> None:
    (row,) = sue.get(f"/reports/team/download.json?{PERIOD}").get_json()
    with sessions(app.extensions[EXTENSION].engine).begin() as session:
        visits = session.scalars(select(QueueVisit).where(QueueVisit.queue == OWN_QUEUE)).all()
        talks = session.scalars(select(CallTalk).where(CallTalk.agent == OWN_AGENT)).all()
    assert (row["title"], row["offered"], row["talks"]) == ("Team one", len(visits), len(talks))
    for counted, rows in (("visits", visits), ("talks", talks)):
        listed = csv.DictReader(io.StringIO(sue.get(f"/calls.csv?team=one&counted={counted}").text))
        assert {each["id"] for each in listed} == {each.call_id for each in rows}
    page = sue.get(f"/reports/team?{PERIOD}", headers=PAGE).text
    assert re.search(r'href="/calls/\?[^"]*team=one', page)
    assert sue.get("/calls/?team=two", headers=PAGE).status_code == 404


def _paths(rule: Rule, call_id: str) -> Iterator[str]:
    for method, path in calls_to(rule):
        if method != "GET" or rule.endpoint == "live.stream":
            continue
        if "call_id" in rule.arguments:
            yield re.sub(r"<[^>]*call_id>", call_id, rule.rule)
        elif rule.endpoint.startswith("reports.") and "name" in rule.arguments:
            for name in REPORTS:
                for kind in ("csv", "json"):
                    with_name = re.sub(r"<[^>]*name>", name, rule.rule)
                    yield re.sub(r"<[^>]*kind>", kind, with_name) + f"?{PERIOD}"
        else:
            yield path


@pytest.mark.parametrize("username", ["sue", "bo"])
def test_no_route_tells_a_number_or_a_call_of_others(
    app: Flask, username: str, truth: dict[str, bool], numbers: set[str]
) -> None:
    client = app.test_client()
    assert sign_in(client, username) == 302
    role = {"sue": "supervisor", "bo": "agent"}[username]
    foreign = {id for id, own in truth.items() if not own}
    walked = 0
    for rule in app.url_map.iter_rules():
        with app.app_context():
            needed = role_needed(rule.endpoint)
        if needed != "public" and ROLES.index(needed) > ROLES.index(role):
            continue
        for path in _paths(rule, next(id for id, own in truth.items() if own)):
            text = client.get(path, headers=PAGE).text
            assert told(text, numbers) == set(), path
            if username == "sue":
                assert not set(re.findall(r"pbx1-\d+\.\d+", text)) & foreign, path
            walked += 1
    assert walked > 10


@pytest.mark.parametrize("ask", ["number=0151", "sort=caller", "sort=caller&order=up"])
@pytest.mark.parametrize("path", ["/calls/", "/calls.csv"])
def test_a_masked_number_cannot_be_found_out_by_asking(
    sue: FlaskClient, path: str, ask: str
) -> None:
    answer = sue.get(f"{path}?{ask}")
    assert answer.status_code == 403
    assert "masked for your role" in answer.get_json()["error"]["message"]


def test_masked_and_hidden_look_so(app: Flask, sue: FlaskClient, truth: dict[str, bool]) -> None:
    rows = list(csv.DictReader(io.StringIO(sue.get("/calls.csv?direction=inbound").text)))
    assert all(re.fullmatch(rf".*{MASK}|\d{{0,4}}", row["caller_number"]) for row in rows)
    client = app.test_client()
    sign_in(client, "al")
    own = list(csv.DictReader(io.StringIO(client.get("/calls.csv?direction=inbound").text)))
    assert {row["caller_number"] for row in own} <= {MASK, ""}
    assert {row["caller_name"] for row in own} <= {MASK, ""}


def test_what_is_about_everybody_is_closed_to_a_team(sue: FlaskClient) -> None:
    assert sue.get("/calls/unreconciled").status_code == 403


def test_commands_reach_only_the_team(sue: FlaskClient) -> None:
    header = {"X-CSRF-Token": token_of(sue)}
    ask = {"call": "pbx1-1.1", "phone": "301", "mode": "listen", "reason": "Break"}
    for path in ("/api/spy", "/api/spy/s1/switch", "/api/spy/s1/stop",
                 "/api/calls/pbx1-1.1/hang-up", "/api/agents/1002/pause",
                 "/api/agents/1002/unpause", "/api/agents/1002/sign-out"):  # fmt: skip
        assert sue.post(path, json=ask, headers=header).status_code == 404, path
    assert sue.post("/api/agents/1001/pause", json=ask, headers=header).status_code == 503


def test_an_admin_sees_all_of_it(app: Flask, truth: dict[str, bool], numbers: set[str]) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    rows = list(csv.DictReader(io.StringIO(client.get("/calls.csv").text)))
    assert {row["id"] for row in rows} == set(truth)
    assert {row["caller_number"] for row in rows} >= numbers


def test_a_user_s_team_is_kept_by_the_form_and_the_file(app: Flask) -> None:
    with app.extensions[EXTENSION].sessions() as session:
        found = {each.username: each for each in load_site(session).users}
    assert found["sue"] == User("sue", "Sue Sanders", "supervisor", phone="301", teams=("one",))
