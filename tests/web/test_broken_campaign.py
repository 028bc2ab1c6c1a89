"""One campaign that cannot be read takes no page along, and can be got rid of."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from callcenter.cli import main
from callcenter.db.campaign_store import save_campaign
from callcenter.domain.campaign import Campaign
from tests.web.test_campaigns import NOW, Visitor, a_lead, a_list
from web.services import Services

OF_NO_VERSION = pytest.mark.parametrize("settings", ['{"of_next_year": 1}', "no json"])


def _two_of_them_one_broken(services: Services, settings: str) -> None:
    with services.sessions.begin() as session:
        for name in ("autumn", "spring"):
            save_campaign(session, Campaign(name, name.title(), "sales", state="running"), NOW)
        query = text("update campaigns set settings = :settings where name = 'spring'")
        session.execute(query, {"settings": settings})


def _states(services: Services) -> dict[str, tuple[str, str]]:
    with services.sessions() as session:
        found = session.execute(text("select name, state, settings from campaigns"))
        return {each.name: (each.state, each.settings) for each in found}


@OF_NO_VERSION
def test_a_broken_campaign_is_told_of_and_the_others_are_shown(
    app: Flask, services: Services, settings: str
) -> None:
    _two_of_them_one_broken(services, settings)
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
    assert "“Spring” cannot be read" in ann.get("/what-if?campaign=spring")
    assert "Delete campaign spring" in ann.get("/dialer/campaigns/delete/spring")
    assert "Deleted campaign spring" in ann.post("/dialer/campaigns/delete/spring")
    assert "cannot be read" not in ann.get("/dialer/campaigns")


@OF_NO_VERSION
@pytest.mark.parametrize("path", ["/dialer/campaigns/state/spring", "/campaign-board/spring/state"])
def test_a_broken_campaign_is_paused_by_page_and_its_settings_stay(
    app: Flask, services: Services, settings: str, path: str
) -> None:
    _two_of_them_one_broken(services, settings)
    ann = Visitor(app, "ann")
    shown = "/dialer/campaigns" if path.startswith("/dialer") else "/campaign-board"
    assert f'action="{path}"' in ann.get(shown)
    page = ann.post(path, state="paused")
    assert "spring (paused) is not dialed".lower() in page.lower()
    assert f'action="{path}"' not in page, "nothing is left to be paused"
    states = _states(services)
    assert states["spring"] == ("paused", settings)
    assert states["autumn"][0] == "running"


@OF_NO_VERSION
def test_a_broken_campaign_is_paused_by_command_and_not_started(
    services: Services,
    settings: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CALLCENTER_HOME", str(services.settings.home))
    _two_of_them_one_broken(services, settings)
    assert main(["campaign", "pause", "spring"]) == 0
    assert "campaign spring is paused" in capsys.readouterr().out
    assert _states(services)["spring"] == ("paused", settings)
    assert main(["campaign", "start", "spring"]) != 0
    assert "cannot be read" in capsys.readouterr().err
    assert _states(services)["spring"] == ("paused", settings)
