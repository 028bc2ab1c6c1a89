"""What was promised, as supervisors and the agent see it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from callcenter.control.fake import FakeController
from callcenter.db.campaign_store import save_campaign
from callcenter.db.models import CallbackRow
from callcenter.domain.campaign import Campaign, ListShare
from tests.web.test_campaigns import Visitor, a_lead, a_list
from web.services import Services


@pytest.fixture
def promised(services: Services) -> Iterator[FakeController]:
    """One by agent 1001, due; one by 1002, due next day. A dialer that takes orders."""
    a_list(services)
    now = time.time()
    names = {"Zoe": "2125550100", "Bob": "2125550101"}
    leads = {name: a_lead(services, given_name=name, number=n) for name, n in names.items()}
    with services.sessions.begin() as session:
        share = (ListShare("fresh"),)
        save_campaign(session, Campaign("autumn", "Autumn", "sales", lists=share), now)
        for name, agent, due_at in (("Zoe", "1001", now - 60), ("Bob", "1002", now + 86400)):
            row = CallbackRow(lead_id=leads[name], campaign="autumn", agent=agent, due_at=due_at,
                              zone="America/New_York", note="contract", made_at=now)  # fmt: skip
            session.add(row)
    with FakeController(services.settings.dialer_socket) as started:
        yield started


def test_an_agent_sees_the_own_promises_and_makes_the_call_that_is_due(
    app: Flask, promised: FakeController
) -> None:
    al = Visitor(app, "al")
    page = al.get("/me/leads")
    assert "Calls I promised" in page
    assert ("Zoe" in page, "Bob" in page) == (True, False)
    assert "goes out" in al.post("/me/callbacks/dial", campaign="autumn", lead="1")
    for lead in ("nobody", "2"):  # 2 is somebody else's
        al.post("/me/callbacks/dial", 404, campaign="autumn", lead=lead)
    assert [each.arguments for each in promised.requests] == [
        {"agent": "1001", "campaign": "autumn", "lead": 1}
    ]
    bo = Visitor(app, "bo").get("/me/leads")
    assert "Bob" in bo
    assert "Call now" not in bo


def test_who_is_away_is_not_waited_for(
    app: Flask, promised: FakeController, services: Services
) -> None:
    sue = Visitor(app, "sue").get("/dialer/callbacks")
    assert sue.index("Zoe") < sue.index("Bob")
    assert sue.count("the campaign is draft; start it") == 1, "of the one that is due"
    assert "By anyone" not in sue
    ann = Visitor(app, "ann")
    assert "By anyone" in ann.get("/dialer/callbacks")
    ann.post("/dialer/callbacks/1/anyone")
    ann.post("/dialer/callbacks/2/cancel")
    page = ann.get("/dialer/callbacks")
    assert "anyone" in page
    assert "Bob" not in page
    with services.sessions() as session:
        assert session.get_one(CallbackRow, 1).agent == ""
    ann.post("/dialer/callbacks/2/anyone", 404)
