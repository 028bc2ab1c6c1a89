"""Numbers about calls that are up, never went out, or are leads: each opens to what it counts."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcenter.control.fake import FakeController
from callcenter.db.engine import sessions
from callcenter.db.models.campaigns import CampaignListRow, LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from tests.unit.simulation.dialed_day import campaign_row
from tests.web.test_access import PAGE, sign_in
from web.campaign_board.words import cause_words
from web.services import EXTENSION, Services

NOW = 1_795_428_000.0  # 2026-11-23 10:00 UTC
UP = {"a": "talking", "b": "ringing", "c": "detecting"}
OVER = {
    "d": ("unplaced", "skipped: Called before"), "e": ("blocked", "calling-hours"),
    "f": ("machine", "16"), "g": ("machine-message", "16"), "h": ("failed", "41"),
    "i": ("connected", "16"), "j": ("", ""),
}  # fmt: skip
STATES = [("open", 0), ("open", 0), ("open", 3), ("done", 1), ("do-not-call", 0)]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    services: Services = app.extensions[EXTENSION]
    object.__setattr__(services, "clock", lambda: NOW)
    with sessions(services.engine).begin() as session:
        session.add(campaign_row(queue="support"))
        fresh = LeadListRow(name="fresh", title="Fresh", country="US", made_at=NOW)
        session.add(fresh)
        session.flush()
        session.add(CampaignListRow(campaign="spring", list_id=fresh.id, position=0, weight=1))
        for state, attempts in STATES:
            session.add(LeadRow(list_id=fresh.id, state=state, attempts=attempts, made_at=NOW))
        for id_, phase in UP.items():
            session.add(attempt(id_, NOW - 100_000 if phase == "talking" else NOW, "", ""))
        for id_, (outcome, cause) in OVER.items():
            session.add(attempt(id_, None if id_ == "j" else NOW, outcome, cause))
    client = app.test_client()
    assert sign_in(client, "sue") == 302
    return client


def attempt(id_: str, placed_at: float | None, outcome: str, cause: str) -> DialAttemptRow:
    return DialAttemptRow(
        id=id_ * 32, campaign="spring", number="+12125550100", mode="predictive", agent="1001",
        reserved_at=placed_at or NOW, placed_at=placed_at, outcome=outcome, cause=cause,
    )  # fmt: skip


def rows(client: FlaskClient, address: str) -> int:
    page = client.get(address.replace("&amp;", "&"), headers=PAGE)
    assert page.status_code == 200, address
    return page.text.partition("<tbody>")[2].count("<tr>")


def test_each_number_opens_to_what_it_counts(app: Flask, client: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    campaign = {"name": "spring", "mode": "predictive", "reason": "within budget", "dial": 3,
                "no_agent_probability": 0.021, "threshold": 0.03, "agents": 6, "agents_ready": 2,
                "up": {"ringing": 1, "detecting": 1, "talking": 1}, "live_answered": 90,
                "calls": {id_ * 32: phase for id_, phase in UP.items()},
                "abandoned": 1, "free_lines": 18, "answer_rate": 0.25, "dialed": 700}  # fmt: skip
    with FakeController(services.settings.dialer_socket, {}) as dialer:
        dialer.answers["status"] = {"why_not": "", "campaigns": {"spring": campaign}}
        text = client.get("/campaign-board/spring", headers=PAGE).text
        text += client.get("/campaign-board", headers=PAGE).text
        opens = re.findall(
            r'href="(/(?:campaign-board/spring/attempts|dialer/leads)\?[^"]+)">\s*([\d,]+)\s*<',
            text,
        )
        for address, shown in opens:
            assert rows(client, address) == int(shown), address
    counted = {address.partition("?")[2]: int(shown) for address, shown in opens}
    assert counted["kind=in-flight&amp;period=today"] == 2
    assert counted["kind=talking&amp;period=today"] == 1  # it began yesterday
    assert counted["kind=waiting&amp;period=today"] == 0
    assert counted["kind=placed&amp;period=today"] == 6  # neither skipped, blocked nor looked at
    assert counted["kind=machine-message&amp;period=today"] == 1
    assert counted["kind=reserved&amp;period=today"] == 1
    assert counted["list=fresh&amp;which=tried"] == counted["list=fresh&amp;which=closed"] == 2


def test_why_an_attempt_came_to_nothing_is_said_in_words(client: FlaskClient) -> None:
    page = client.get("/campaign-board/spring/attempts?kind=all", headers=PAGE).text
    for words in ("skipped: Called before", "calling hours", "network failed for a moment"):
        assert re.search(rf'<small class="muted">\s*{words}\s*</small>', page)
    assert "Al Adams" in page
    assert cause_words("16") == ""
    assert cause_words("99") == "cause 99"
