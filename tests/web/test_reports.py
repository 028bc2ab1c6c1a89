"""Reports in a real browser: numbers open to their calls, links keep filters, files agree."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from callcenter.reports.table import REPORTS
from tests.web.conftest import SignIn
from tests.web.report_books import CALLS_A_DAY, DAYS, fill_reports
from tests.web.stack import WebStack

pytestmark = pytest.mark.browser
MIDNIGHT = 1_781_740_800.0  # 2026-06-18 00:00 UTC
PERIOD = "from=2026-05-29&to=2026-06-18"
WEEK = "from=2026-06-12&to=2026-06-18"  # lists of calls stop counting at 1,000


@pytest.fixture
def books(stack: WebStack) -> WebStack:
    fill_reports(stack.settings, MIDNIGHT)
    return stack


def calls_listed(page: Page, address: str) -> int:
    page.goto(address)
    if page.locator(".empty").count():
        return 0
    text = page.locator(".pager .muted").inner_text()
    return int(re.match(r"([\d,]+) call", text)[1].replace(",", ""))  # type: ignore[index]


def test_every_number_opens_to_its_calls(books: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    for name, columns in {
        "queue": ("offered", "answered", "abandoned", "short_abandoned"),
        "interval": ("offered", "abandoned"),
        "agent": ("talks",),
        "waits": ("offered", "abandoned"),
        "did": ("calls", "answered_calls"),
    }.items():
        page.goto(f"{books.address}/reports/{name}?{WEEK}")
        checked = []
        for column in columns:
            cells = page.locator(f"tbody td[data-column={column}] a")
            cell = cells.nth(cells.count() // 2)
            shown = int(cell.inner_text().replace(",", ""))
            checked.append((shown, cell.get_attribute("href")))
        for shown, href in checked:
            assert shown == calls_listed(page, f"{books.address}{href}") > 0, (name, href)


def test_figures_filters_links_and_files_agree(books: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{books.address}/reports/?{PERIOD}")
    total = page.locator("tfoot td[data-column=offered]")
    expect(total).to_have_text(f"{DAYS * CALLS_A_DAY:,}")
    page.select_option("[name=by]", "week")
    page.select_option("[name=queue]", "support")
    page.click("text=Show >> visible=true")
    expect(page.locator("tbody tr")).to_have_count(4)
    asked = parse_qs(urlparse(page.url).query)
    assert (asked["by"], asked["queue"], asked["from"]) == (["week"], ["support"], ["2026-05-29"])
    page.click(".report-list a:has-text('Service level')")
    expect(page.locator("[name=queue]")).to_have_value("support")
    expect(page.locator("tbody tr")).to_have_count(4)
    offered = page.locator("tfoot td[data-column=offered]").inner_text()
    href = page.locator("a:has-text('CSV')").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(page.request.get(f"{books.address}{href}").text())))
    assert sum(int(row["Offered"]) for row in rows) == int(offered.replace(",", ""))


def test_top_and_bottom_are_the_first_rows_by_a_heading(books: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{books.address}/reports/agent?{PERIOD}")
    everybody = page.locator("tfoot td[data-column=talks]").inner_text()
    page.select_option("[name=rows]", "5")
    page.click("text=Show >> visible=true")
    page.wait_for_url(re.compile("[?&]rows=5"))
    talks = page.locator("tbody td[data-column=talks]")
    for direction, highest_first in (("descending", True), ("ascending", False)):
        page.click("th[data-column=talks] a")
        expect(page.locator("th[data-column=talks]")).to_have_attribute("aria-sort", direction)
        found = [int(each.replace(",", "")) for each in talks.all_inner_texts()]
        assert found == sorted(found, reverse=highest_first)
        assert 1 < len(found) <= 5
    assert page.locator("tfoot td[data-column=talks]").inner_text() == everybody
    href = page.locator("a:has-text('CSV')").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(page.request.get(f"{books.address}{href}").text())))
    assert [int(row["Conversations"]) for row in rows] == found


def test_columns_are_remembered_and_definitions_shown(books: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{books.address}/reports/queue?{PERIOD}")
    page.click(".columns-choice summary")
    with page.expect_response("**/reports/queue/columns"):
        page.uncheck(".columns-choice input[value=hold]")
    expect(page.locator("th[data-column=hold]")).to_be_hidden()
    page.reload()
    expect(page.locator("th[data-column=hold]")).to_be_hidden()
    expect(page.locator("th[data-column=talk]")).to_be_visible()
    page.click(".definitions summary")
    expect(page.locator(".definitions")).to_contain_text(
        "(offered − short abandons − answered) ÷ (offered − short abandons)"
    )


def test_every_report_stands_on_a_phone_and_passes_axe(
    books: WebStack, signed_in: SignIn, axe: str
) -> None:
    page = signed_in("sue", width=390, height=844)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    for name in REPORTS:
        answer = page.goto(f"{books.address}/reports/{name}?from=2026-06-15&to=2026-06-18")
        assert answer is not None
        assert answer.status == 200, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if name in ("interval", "heat-map", "agent-activity", "short-calls", "ivr-path"):
            page.evaluate(axe)
            found = page.evaluate("axe.run().then(result => result.violations.map(v => v.id))")
            assert found == [], name
    page.goto(f"{books.address}/reports/queue?from=0999-01-01&to=1000-01-01")
    expect(page.locator("main")).to_contain_text("outside the years")
    page.goto(f"{books.address}/reports/queue?from=2020-01-01&to=2020-01-02")
    expect(page.locator(".empty")).to_contain_text("Choose a longer period")


def test_agents_see_no_reports(books: WebStack, signed_in: SignIn) -> None:
    page = signed_in("al")
    expect(page.locator("nav.menu")).not_to_contain_text("Reports")
    for path in ("/reports/", "/reports/agent/download.csv"):
        assert page.request.get(f"{books.address}{path}").status == 403
