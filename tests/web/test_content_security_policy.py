"""Every page in a real browser: nothing it does is refused by the policy, and nothing breaks."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page

from callcenter.db.engine import open_engine, sessions
from callcenter.reports.table import REPORTS
from tests.unit.simulation.dialed_day import campaign_row, write_day
from tests.web.call_books import fill_books
from tests.web.conftest import SignIn
from tests.web.stack import WebStack
from web import create_app
from web.access import role_needed
from web.site.subjects import SUBJECTS

pytestmark = pytest.mark.browser

NOT_PAGES = {
    "static", "home.healthz", "live.stream", "live.snapshot", "calls.export", "calls.recording",
    "calls.peaks", "site.site_file", "site.prompt_audio", "reports.download", "calls.voicemail",
    "campaign_board.evidence", "campaigns.left_out", "campaigns.progress_figures",
}  # fmt: skip
FILES = (".csv", ".wav", ".yaml", ".json", ".xlsx", ".<kind>")
# What is not there is refused by a page too, under the same policy.
GAPS = {"<name>": "spring", "<run>": "gone", "<int:import_id>": "1", "<int:lead_id>": "1"}
RECORDS = {"users": "ann", "agents": "1001", "phones": "201", "queues": "support"}


def addresses(stack: WebStack, call_id: str) -> list[str]:
    """Every route that answers GET with a page, with something real in its gaps."""
    app = create_app(stack.settings)
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NOT_PAGES or rule.rule.endswith(FILES):
            continue
        if "GET" not in (rule.methods or ()):
            continue
        with app.app_context():
            assert role_needed(rule.endpoint)
        if rule.rule == "/reports/<name>":
            found += [f"/reports/{name}" for name in REPORTS]
            continue
        path = rule.rule.replace("<call_id>", call_id)
        for gap, filling in GAPS.items():
            path = path.replace(gap, filling)
        if rule.endpoint.startswith("what_if."):
            path = path.replace("<key>", "gone")
        for collection in SUBJECTS if "<collection>" in path else [""]:
            filled = path.replace("<collection>", collection)
            key = RECORDS.get(collection, "")
            if "<key>" in filled and not key:
                continue
            found.append(filled.replace("<key>", key))
    assert not [path for path in found if "<" in path], "a new gap: say above what fills it"
    return found


def dial(stack: WebStack) -> None:
    with sessions(open_engine(stack.settings.database)).begin() as session:
        session.add(campaign_row())
        write_day(session, dials=200, seconds=900, began=time.time() - 950)


def watch(page: Page, complaints: list[str]) -> None:
    page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}")
            if said.type == "error" else None)  # fmt: skip
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', "
        "(event) => console.error('refused ' + event.violatedDirective))"
    )


def test_no_page_is_refused_anything_by_the_policy(stack: WebStack, signed_in: SignIn) -> None:
    call_id = fill_books(stack.settings)
    dial(stack)
    page = signed_in("ann")
    complaints: list[str] = []
    watch(page, complaints)
    walked = addresses(stack, call_id)
    assert len(walked) > 30
    for path in walked:
        answer = page.goto(f"{stack.address}{path}")
        assert answer is not None
        assert answer.status in (200, 404), path
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        inline = page.evaluate(
            "document.querySelectorAll('script:not([src]), [style], [onclick], style').length"
        )
        assert inline == 0, path
    # What is missing here (a controller's configuration) is no matter of the policy.
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def test_the_policy_is_in_force(stack: WebStack, signed_in: SignIn) -> None:
    """The walk above would see a violation: an inline script and style are refused, and told."""
    page = signed_in("ann")
    watch(page, [])
    page.goto(f"{stack.address}/wallboard")
    with page.expect_console_message(lambda said: "script-src" in said.text):
        page.evaluate(
            """() => { const script = document.createElement("script");
                   script.textContent = "document.title = 'pwned'";
                   document.body.append(script); }"""
        )
    assert page.title() != "pwned"
