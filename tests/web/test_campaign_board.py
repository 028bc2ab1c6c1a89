"""The campaign board: figures add up, open to their attempts, settings change under rules."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcenter.control.fake import FakeController
from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow, SurveyAnswerRow
from callcenter.dialing.campaigns import not_dialed
from callcenter.domain.campaign import Campaign, KeyAction, SurveyQuestion
from tests.unit.simulation.dialed_day import campaign_row, write_day
from tests.web.test_access import PAGE, sign_in, token_of
from web.campaign_board.pictures import pictures
from web.services import EXTENSION, Services

NOW = 1_795_428_000.0  # 2026-11-23 10:00 UTC: a day that began ten minutes ago has no half hour


@pytest.fixture
def truth() -> dict[str, float]:
    return {}


@pytest.fixture
def client(app: Flask, truth: dict[str, float]) -> FlaskClient:
    """Signed in as a supervisor; a campaign has dialed for the last ten minutes."""
    services: Services = app.extensions[EXTENSION]
    object.__setattr__(services, "clock", lambda: NOW)
    with sessions(services.engine).begin() as session:
        session.add(campaign_row(queue="support"))
        truth |= write_day(session, dials=400, seconds=600, agents=5, began=NOW - 630)
    client = app.test_client()
    assert sign_in(client, "sue") == 302
    return client


def campaign_of(app: Flask) -> Campaign:
    services: Services = app.extensions[EXTENSION]
    with sessions(services.engine)() as session:
        return load_campaign(session, "spring")


def test_the_budget_is_the_limits_arithmetic(client: FlaskClient, truth: dict[str, float]) -> None:
    page = client.get("/campaign-board/spring", headers=PAGE).text
    people, abandoned = int(truth["human"]), int(truth["abandoned"])
    assert f"{abandoned} got no agent</a>" in page
    assert f"{people} people who answered</a>" in page
    assert f"{100 * abandoned / people:.2f} % of 3 % allowed" in page
    assert f"= {0.03 * people - abandoned:.1f}." in page or "Over the limit" in page
    assert page.count("<polyline") >= 6
    assert "the dialer is not running" in page
    assert "within budget" in page


def test_when_no_risk_is_taken_is_drawn_behind_the_lines() -> None:
    def decided(at: float, threshold: float, reason: str) -> PacingDecisionRow:
        return PacingDecisionRow(
            campaign="spring", at=at, dial=0, reason=reason, no_agent_probability=threshold / 2,
            threshold=threshold, agents=4, agents_ready=1, in_flight=2, waiting=0, free_lines=9,
            live_answered=0, abandoned=0,
        )  # fmt: skip

    careful = "budget spent: one line per free agent"
    rows = [decided(0, 0, careful), decided(20, 0, careful), decided(40, 0.03, "within budget"),
            decided(60, 0, "the trunk carrier is down")]  # fmt: skip
    ours = Campaign("spring", "Spring", "support", mode="predictive")
    _, risk = pictures(rows, 100, ZoneInfo("UTC"), ours)
    first, last = risk.bands
    assert (first.name, first.says) == ("One line per free agent", careful)
    assert last.name == "Not dialing"
    assert first.height < last.height
    assert first.width == last.width  # 40 of the last 600 seconds each
    assert last.x + last.width == pytest.approx(risk.right, abs=0.2)
    assert pictures([], 100, ZoneInfo("UTC"), ours) == []


def test_every_number_opens_to_as_many_attempts(client: FlaskClient) -> None:
    page = client.get("/campaign-board/spring/figures", headers=PAGE).text
    links = re.findall(
        r'<a href="(/campaign-board/spring/attempts[^"]+)">([\d,]+)(?: [^<]*)?</a>', page
    )
    assert len(links) >= 8
    for href, shown in links:
        address, rows = href.replace("&amp;", "&"), 0
        while address:
            answer = client.get(address, headers=PAGE).text
            rows += len(re.findall(r"<tr>\s*<td>2", answer))
            older = re.search(r'href="([^"]+before_at[^"]+)"', answer)
            address = older[1].replace("&amp;", "&") if older else ""
        assert rows == int(shown.replace(",", "")), href


def test_live_figures_come_from_the_dialer(app: Flask, client: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    campaign = {"name": "spring", "mode": "predictive", "reason": "within budget", "dial": 3,
                "no_agent_probability": 0.021, "threshold": 0.03, "agents": 6, "agents_ready": 2,
                "up": {"ringing": 7, "detecting": 1, "talking": 4}, "live_answered": 90,
                "abandoned": 1, "free_lines": 18, "answer_rate": 0.25, "dialed": 700}  # fmt: skip
    board = {"why_not": "", "campaigns": {"spring": campaign}}
    socket = services.settings.dialer_socket
    with FakeController(socket, {}) as dialer:
        dialer.answers["status"] = board
        page = client.get("/campaign-board/spring/figures", headers=PAGE).text
        boards = client.get("/campaign-board", headers=PAGE).text
    assert "2 of 6" in page
    assert re.search(r"Lines in flight</span>\s*<b[^>]*><a[^>]*>8</a>", page)
    assert "Dials 3 now" in page
    assert re.search(r">\s*2 of 6\s*</a>", boards)
    assert ">400</a>" in boards  # dialed today


def test_a_broadcasts_board_shows_who_listens_and_who_asked_for_an_agent(
    app: Flask, client: FlaskClient
) -> None:
    services: Services = app.extensions[EXTENSION]
    blast = Campaign("blast", "Blast", "support", mode="broadcast", state="running")
    asks = replace(blast, name="asks", state="paused", keys=(KeyAction("1", "agent"),))
    at = {
        "mode": "broadcast",
        "reason": "no free line",
        "dial": 0,
        "free_lines": 0,
        "agents": 0,
        "agents_ready": 0,
        "up": {"ringing": 4, "message": 3, "waiting": 2, "talking": 1},
    }
    with sessions(services.engine).begin() as session:
        save_campaign(session, blast, NOW)
        save_campaign(session, asks, NOW)
        session.add(
            PacingDecisionRow(campaign="blast", at=NOW - 20, dial=1, in_flight=9, free_lines=3)
        )
    with FakeController(services.settings.dialer_socket, {}) as dialer:
        winding_down = {"asks": {"up": at["up"], "calls": {}}}  # it is paused
        dialer.answers["status"] = {
            "why_not": "", "campaigns": {"blast": at}, "winding_down": winding_down,
        }  # fmt: skip
        pages = [client.get(f"/campaign-board/{n}", headers=PAGE).text for n in ("blast", "asks")]
    figures = [
        re.findall(r'<div class="big">\s*<span>([^<]+)</span>\s*<b[^>]*><a[^>]*>(\d+)<', page)[:4]
        for page in pages
    ]
    ways, listening = ("Lines in flight", "4"), ("Listening", "3")
    assert figures[0][:3] == [ways, listening, ("Dialed today", "0")]
    assert figures[1] == [ways, listening, ("Waiting for an agent", "2"), ("Talking", "1")]
    assert all("machines too: not told apart" in page for page in pages)
    assert "patience_seconds" not in pages[0]  # without effect there
    assert re.search(r"In use\s*<b>9</b>", pages[0])


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("every free line: no agent is needed", "no line is free"),
        ("its filter cannot be read", "its filter cannot be read"),
    ],
)
def test_a_broadcasts_board_says_why_it_dials_none(
    app: Flask, client: FlaskClient, reason: str, told: str
) -> None:
    services: Services = app.extensions[EXTENSION]
    with sessions(services.engine).begin() as session:
        save_campaign(
            session, Campaign("blast", "Blast", "support", mode="broadcast", state="running"), NOW
        )
    still_up = {"up": {"ringing": 2, "message": 3}, "calls": {}}
    with FakeController(services.settings.dialer_socket, {}) as dialer:
        dialer.answers["status"] = {
            "why_not": "", "campaigns": {"blast": not_dialed("blast", reason)},
            "winding_down": {"blast": still_up},
        }  # fmt: skip
        page = client.get("/campaign-board/blast", headers=PAGE).text
    words = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert f"Dials none now – {told}" in words
    assert "Lines in flight 2" in words
    assert "Listening 3" in words


def test_settings_change_at_once_under_the_rules_and_are_audited(
    app: Flask, client: FlaskClient
) -> None:
    services: Services = app.extensions[EXTENSION]
    form = {"csrf_token": token_of(client), "abandon_limit": "2", "max_lines": "12",
            "max_calls_per_second": "2.5", "patience_seconds": "2"}  # fmt: skip
    lacking = client.post("/campaign-board/spring/settings", data=form)
    assert (lacking.status_code, campaign_of(app).max_lines) == (400, 30)  # running without trunk
    assert "Not changed: " in lacking.text
    assert 'name="max_lines" min="1" step="1" value="12"' in lacking.text  # what was typed stays
    client.post("/campaign-board/spring/state", data=form | {"state": "paused"})
    assert client.post("/campaign-board/spring/settings", data=form).status_code == 302
    changed = campaign_of(app)
    assert (changed.abandon_limit, changed.max_lines) == (0.02, 12)
    for wrong in ({"abandon_limit": "x"}, {"abandon_limit": "8"}, {"max_lines": "nan"}):
        answer = client.post("/campaign-board/spring/settings", data=form | wrong)
        assert answer.status_code == 400, wrong
    assert campaign_of(app) == changed
    with sessions(services.engine)() as session:
        entry = session.scalars(
            select(AuditEntryRow).where(AuditEntryRow.action == "campaign_changed")
        ).one()
    assert "abandon_limit 0.03 → 0.02" in entry.detail
    assert entry.by == "sue"


def test_a_campaign_that_lacks_something_is_not_started(app: Flask, client: FlaskClient) -> None:
    form = {"csrf_token": token_of(client)}
    post = lambda state: client.post(  # noqa: E731
        "/campaign-board/spring/state", data=form | {"state": state}
    )
    assert post("paused").status_code == 302
    assert campaign_of(app).state == "paused"
    refused = post("running")
    assert refused.status_code == 400
    assert "Not started: " in refused.text
    assert "choose the trunk calls go out by" in refused.text
    assert campaign_of(app).state == "paused"
    assert post("finished").status_code == 400


def test_a_running_campaign_that_has_become_unsound_can_be_paused(
    app: Flask, client: FlaskClient
) -> None:
    services: Services = app.extensions[EXTENSION]
    with sessions(services.engine).begin() as session:
        session.add(campaign_row("summer", queue="support", trunk="taken-away"))
    form = {"csrf_token": token_of(client), "state": "paused"}
    assert client.post("/campaign-board/summer/state", data=form).status_code == 302
    with sessions(services.engine)() as session:
        assert load_campaign(session, "summer").state == "paused"


def test_a_surveys_answers_are_counted_and_go_out_as_a_file(
    app: Flask, client: FlaskClient
) -> None:
    services: Services = app.extensions[EXTENSION]
    asked = Campaign(
        "asked", "Asked", "support", mode="survey",
        questions=(SurveyQuestion("service", "hello", "123"), SurveyQuestion("=again", "hello")),
    )  # fmt: skip
    now = NOW
    with sessions(services.engine).begin() as session:
        save_campaign(session, asked, now)
        for number, keys in enumerate(({"service": "1"}, {"service": "1", "=again": "5"})):
            attempt = str(number) * 32
            session.add(
                DialAttemptRow(
                    id=attempt, campaign="asked", number=f"+1212555010{number}", mode="survey",
                    reserved_at=now, placed_at=now, outcome="connected",
                )
            )  # fmt: skip
            for question, key in keys.items():
                answer = SurveyAnswerRow(attempt=attempt, question=question, key=key, at=now)
                session.add(answer)
    page = client.get("/campaign-board/asked", headers=PAGE).text
    assert "2 answered" in page
    row = r'<td>1</td>\s*<td class="number">2</td>\s*<td class="number">\s*100.0 %'
    assert re.search(row, page)
    form = {"csrf_token": token_of(client)}
    lines = client.post("/campaign-board/asked/answers", data=form).text.splitlines()
    assert lines[0] == "dialed_at,number,outcome,service,'=again"
    assert [line.split(",", 1)[1] for line in lines[1:]] == [
        "+12125550100,Connected,1,", "+12125550101,Connected,1,5",
    ]  # fmt: skip


def test_verdicts_of_machine_detection_are_heard_again(app: Flask, client: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    name = "2026/11/23/heard.raw"
    file = services.settings.recordings / name
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(4 * 8000))
    with sessions(services.engine).begin() as session:
        row = DialAttemptRow
        newest = select(row).where(row.verdict == "machine").order_by(row.placed_at.desc())
        heard = session.scalars(newest).first()
        assert heard is not None
        attempt = heard.id
        session.add(
            Call(
                node=heard.node, id=heard.call_id, direction="outbound", caller_number="",
                caller_name="", dialed=heard.number, trunk="town", started_at=heard.placed_at,
                outcome="", ended_by="", queue="", agent="", wait_seconds=0, talk_seconds=0,
                hold_seconds=0, recording=name,
            )
        )  # fmt: skip
    address = f"/campaign-board/spring/attempts/{attempt}/recording.wav"
    page = client.get("/campaign-board/spring/attempts?kind=heard-machine", headers=PAGE).text
    assert page.count("<audio") == page.count(address) == 1
    assert "after 2.5 s" in page
    assert "<audio" not in client.get(
        "/campaign-board/spring/attempts?kind=heard-human", headers=PAGE
    ).text  # fmt: skip
    assert len(client.get(address).data) == 44 + 4 * 8000
    part = client.get(address, headers={"Range": "bytes=0-43"})
    assert (part.status_code, part.data[:4]) == (206, b"RIFF")
    assert client.get(address.replace(attempt, "0" * 32)).status_code == 404
    with sessions(services.engine).begin() as session:
        session.add(campaign_row("autumn", queue="support"))
        actions = session.scalars(select(AuditEntryRow.action)).all()
    assert actions.count("listen_recording") == 1
    assert client.get(address.replace("spring", "autumn")).status_code == 404, "not its attempt"


def test_nobody_opens_a_list_that_is_none(client: FlaskClient) -> None:
    for address in ("/campaign-board/nope", "/campaign-board/spring/attempts?kind=';--",
                    "/campaign-board/spring/attempts?period=x"):  # fmt: skip
        assert client.get(address, headers=PAGE).status_code == 404
    assert client.get("/campaign-board", headers=PAGE).status_code == 200


def test_dialer_alone_leads_to_the_boards(client: FlaskClient) -> None:
    assert client.get("/dialer", headers=PAGE).headers["Location"] == "/campaign-board"


def test_a_pack_goes_out_to_administrators_and_is_checked_on_the_page(
    app: Flask, client: FlaskClient, truth: dict[str, float]
) -> None:
    before, day = "2026-11-22", "2026-11-23"
    address = f"/campaign-board/spring/evidence?from={before}&to={day}"
    assert client.get(address).status_code == 403  # a supervisor
    admin = app.test_client()
    assert sign_in(admin, "ann") == 302
    taken = admin.get(address)
    assert taken.status_code == 200
    assert taken.headers["Content-Disposition"].endswith(".evidence")
    assert admin.get("/campaign-board/spring/evidence?from=x&to=y").status_code == 400
    far = "/campaign-board/spring/evidence?from=0001-01-01&to=9999-12-31"
    assert admin.get(far).status_code == 400
    assert admin.get(f"/campaign-board/spring/evidence?from={day}&to={before}").status_code == 400

    def checked(data: bytes) -> str:
        form = {"pack": (io.BytesIO(data), "spring.evidence"), "csrf_token": token_of(client)}
        page = client.post("/campaign-board/check-evidence", data=form).text
        return " ".join(page.split())

    genuine = checked(taken.data)
    assert "<strong>Genuine.</strong> 400 calls" in genuine
    assert "Signed by this installation" in genuine
    days = "dialed from 2026-11-22 00:00:00 to 2026-11-24 00:00:00; unchanged since"
    assert re.search(rf"{days} \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d \(Europe/Rome\)", genuine)
    assert f"{int(truth['abandoned'])} abandoned of {int(truth['human'])}" in genuine
    assert "Not genuine" in checked(taken.data.replace(b"+1555", b"+1444", 1))
    assert "Not genuine" in checked(b"\xff\x00 no pack")
    services: Services = app.extensions[EXTENSION]
    with sessions(services.engine)() as session:
        actions = session.scalars(select(AuditEntryRow.action)).all()
    assert "evidence_exported" in actions
