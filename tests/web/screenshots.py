"""Pictures of every page for eyes: `python -m tests.web.screenshots FOLDER`."""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from callcenter.reports.table import REPORTS
from tests.web.call_books import fill_books
from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.floors import busy_floor
from tests.web.office_books import PAGES as OFFICE
from tests.web.office_books import fill_office
from tests.web.report_books import fill_reports
from tests.web.stack import PASSWORD, WebStack, web_stack

NOW = time.time()
TODAY = datetime.now(UTC).date()
PERIOD = f"{TODAY - timedelta(days=1)}&to={TODAY}"
PAGES = {
    "my-leads": ("al", "/me/leads"),
    "wallboard": ("sue", "/wallboard"),
    "floor": ("sue", "/floor"),
    "me": ("al", "/me"),
    "me-signed-out": ("bo", "/me"),
    "audit": ("ann", "/audit"),
    "password": ("al", "/password"),
    "not-found": ("ann", "/nowhere"),
    "calls": ("sue", "/calls/"),
    "site": ("ann", "/site/"),
    "settings": ("ann", "/site/settings"),
    "team": ("ann", "/site/teams/new"),
    "user": ("ann", "/site/users/edit/sue"),
    "second-factor": ("al", "/second-factor"),
    "people": ("ann", "/people"),
    "reports": ("sue", "/reports/queue?period=last-week"),
    "reports-of-agent": ("al", "/reports/queue"),
    "leads-of-supervisor": ("sue", "/dialer/leads"),
    "do-not-call-of-supervisor": ("sue", "/dialer/do-not-call"),
}
PAGES |= {path.strip("/").replace("/", "-").partition("?")[0]: ("ann", path) for path in OFFICE}
PAGES |= {f"report-{name}": ("ann", f"/reports/{name}?from={PERIOD}") for name in REPORTS}
SIZES = {"wide": (1280, 800), "phone": (390, 844)}


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:] or list(PAGES)
    floor = busy_floor()
    floor["agents"]["1002"] |= {"state": "signed_out", "queues": [], "phone": None}
    with (
        tempfile.TemporaryDirectory() as home,
        web_stack(Path(home), floor) as stack,
        sync_playwright() as playwright,
    ):
        fill_reports(stack.settings, NOW // 86_400 * 86_400)
        fill_books(stack.settings)
        fill_office(stack.settings)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for theme, size in itertools.product(("dark", "light"), SIZES):
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme
            )
            page = context.new_page()
            page.on("console", lambda message: print("console:", message.text))
            page.on("pageerror", lambda error: print("error:", error))
            _take(page, stack, folder, f"{size}-{theme}", wanted)
            context.close()
        browser.close()
    return 0


def _take(page: Page, stack: WebStack, folder: Path, suffix: str, wanted: list[str]) -> None:
    page.goto(f"{stack.address}/sign-in")
    page.screenshot(path=folder / f"sign-in-{suffix}.png")
    for name in wanted:
        who, path = PAGES[name]
        page.context.clear_cookies()
        page.goto(f"{stack.address}/sign-in")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.goto(f"{stack.address}{path}")
        page.wait_for_timeout(600)
        page.screenshot(path=folder / f"{name}-{suffix}.png", full_page="phone" in suffix)


if __name__ == "__main__":
    sys.exit(main())
