"""One campaign that cannot be read takes no page along, and can be got rid of."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from callcenter.db.campaign_store import save_campaign
from callcenter.domain.campaign import Campaign
from tests.web.test_campaigns import NOW, Visitor, a_lead, a_list
from web.services import Services


@pytest.mark.parametrize("settings", ['{"of_next_year": 1}', "no json"])
def test_a_broken_campaign_is_told_of_and_the_others_are_shown(
    app: Flask, services: Services, settings: str
) -> None:
    with services.sessions.begin() as session:
        for name in ("autumn", "spring"):
            save_campaign(session, Campaign(name, name.title(), "sales", state="running"), NOW)
        query = text("update campaigns set settings = :settings where name = 'spring'")
        session.execute(query, {"settings": settings})
    a_list(services)
    lead = a_lead(services)
    ann = Visitor(app, "ann")
    for path in ("/dialer/campaigns", "/campaign-board"):
        page = ann.get(path)
        assert "campaign spring cannot be read" in page, path
        assert re.search(r">\s*Autumn\s*</a>", page), path
    for path in (
        "/dialer/leads",
        "/dialer/callbacks",
        "/dialer/do-not-call",
        f"/dialer/leads/{lead}",
    ):
        ann.get(path)
    assert ann.client.get("/campaign-board/spring").status_code == 500
    assert "Delete campaign spring" in ann.get("/dialer/campaigns/delete/spring")
    assert "Deleted campaign spring" in ann.post("/dialer/campaigns/delete/spring")
    assert "cannot be read" not in ann.get("/dialer/campaigns")
