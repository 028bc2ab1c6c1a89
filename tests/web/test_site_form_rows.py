"""Rows of a form in a real browser: added, filled and taken out without a round trip."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.site import QueueMembership
from tests.web.conftest import SignIn
from tests.web.stack import WebStack


@pytest.mark.browser
def test_a_row_is_added_and_another_taken_out(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("ann")
    page.goto(f"{stack.address}/site/agents/edit/1001")
    page.locator("[data-remove-row]").first.click()
    page.click("text=Add a queue")
    page.locator(".row-line select").last.select_option("support")
    page.locator(".row-line input[type=number]").last.fill("3")
    page.click("text=Save agent")
    page.wait_for_url("**/site/agents")
    assert "Saved agent 1001" in page.locator(".notice").inner_text()
    engine = open_engine(stack.settings.database)
    with sessions(engine)() as session:
        queues = load_site(session).agents[0].queues
    assert queues == (QueueMembership("sales"), QueueMembership("support", 3))
    page.goto(f"{stack.address}/site/settings")
    page.fill("#pause_reasons", "Tea\nLunch")
    page.click("text=Save settings")
    page.wait_for_url("**/site")


@pytest.mark.browser
def test_a_campaigns_form_shows_what_its_mode_needs(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("ann")
    page.goto(f"{stack.address}/dialer/campaigns/new")
    ratio, questions, limit = (
        page.locator("#ratio"),
        page.get_by_text("Add a question"),
        "#abandon_limit",
    )
    expect(ratio).to_be_hidden()
    expect(page.locator(limit)).to_be_visible()
    page.select_option("#mode", "power")
    expect(ratio).to_be_visible()
    expect(questions).to_be_hidden()
    page.select_option("#mode", "survey")
    expect(questions).to_be_visible()
    expect(page.locator(limit)).to_be_hidden()
