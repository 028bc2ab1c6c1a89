"""The live stream and pages in real browsers, on a real web process and a fake controller."""

from __future__ import annotations

import http.client
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from callcenter.control.fake import FakeController
from callcenter.domain.errors import Conflict
from tests.ports import free_port
from tests.stack import eventually
from tests.web.conftest import DEADLINE_MS, SignIn
from tests.web.floors import HOSTILE, agent, busy_floor, call, queue
from tests.web.office_books import PAGES, fill_office
from tests.web.stack import PASSWORD, WebStack, make_home, start_web, stop_web
from tests.web.streams import open_streams, session_cookie

pytestmark = pytest.mark.browser


def test_wallboard_moves_and_touches_only_what_changed(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/wallboard")
    support = page.locator('.queue[data-key="support"]')
    expect(support.locator('[data-bind="text:waiting"]')).to_have_text("3")
    page.evaluate("document.querySelector('.queue[data-key=sales]').marked = true")
    changed = stack.controller.floor["queues"]["support"] | {"waiting": 8, "service_level": 0.9}
    stack.controller.change({"queues": {"support": changed}})
    expect(support.locator('[data-bind="text:waiting"]')).to_have_text("8")
    expect(support.locator(".service em")).to_have_text("On target")
    assert page.evaluate("document.querySelector('.queue[data-key=sales]').marked")
    stack.controller.change({"agents": {"1011": agent("1011", "Jo Jung", "ready", time.time())}})
    expect(page.locator('.agent[data-key="1011"]')).to_contain_text("Ready")
    expect(page.locator("[data-signed-out]")).to_have_text("0 signed out")


@pytest.mark.parametrize("path", ["/wallboard", "/floor"])
def test_first_paint_shows_all_that_the_live_page_shows(
    browser: Browser, stack: WebStack, signed_in: SignIn, path: str
) -> None:
    live = signed_in("sue")
    still_context = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 1280, "height": 800},
        storage_state=live.context.storage_state(),
    )
    still_context.set_default_timeout(DEADLINE_MS)
    still = still_context.new_page()
    still.goto(f"{stack.address}{path}")
    live.goto(f"{stack.address}{path}")
    live.wait_for_selector("html[data-live]")
    live.evaluate(
        "document.addEventListener('live-applied',"
        " () => { document.documentElement.dataset.seen = 'yes'; })"
    )
    live.evaluate("document.querySelectorAll('[data-key]').forEach((e) => { e.painted = true; })")
    changed = stack.controller.floor["queues"]["support"] | {"waiting": 4}
    stack.controller.change({"queues": {"support": changed}})
    live.wait_for_selector("html[data-seen]")  # our policy lets no string be run as a script
    changed |= {"waiting": 3}
    stack.controller.change({"queues": {"support": changed}})

    def words(page: Page) -> list[str]:
        texts = page.locator("[data-key]:visible").all_inner_texts()
        return sorted(re.sub(r"[0-9]+(:[0-9]{2})+", "0:00", text) for text in texts)

    def same() -> bool:
        if words(still) != words(live):
            raise LookupError(words(still), words(live))
        return True

    eventually(same, what="the live page to be as it was painted first")
    keyed = "[...document.querySelectorAll('main :not(template) > [data-key]')]"
    assert live.evaluate(f"{keyed}.every((element) => element.painted)")
    still_context.close()


def test_hostile_names_are_text_everywhere(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    for path in ("/wallboard", "/floor"):
        page.goto(f"{stack.address}{path}")
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
        caller = call("evil", "waiting", time.time(), caller_name=HOSTILE, caller_number="'\"<b>x")
        stack.controller.change({"calls": {"evil": caller}})
    expect(page.locator('tr[data-key="evil"]')).to_contain_text(HOSTILE)
    assert page.locator("main script, main img, main b >> text=x").count() == 0
    assert alerts == []
    assert "pwned" not in page.title()


def test_pages_say_stale_and_recover_from_controller_asterisk_and_web_loss(
    browser: Browser, tmp_path: Path
) -> None:
    settings = make_home(tmp_path, free_port())
    address = f"http://127.0.0.1:{settings.web_port}"
    web = start_web(settings)
    context = browser.new_context()
    context.set_default_timeout(DEADLINE_MS)
    try:
        page = context.new_page()
        with FakeController(settings.control_socket, busy_floor()) as controller:
            page.goto(f"{address}/sign-in")
            page.fill("[name=username]", "sue")
            page.fill("[name=password]", PASSWORD)
            page.click("button.primary")
            banner = page.locator("[data-stale]")
            expect(banner).to_be_hidden()
            controller.change({"pbx": {"connected": False, "since": time.time() - 7}})
            expect(banner).to_contain_text("Asterisk does not answer")
            expect(banner).to_contain_text(re.compile(r"Stale since (0:0[789]|0:[1-5]\d|[1-9])"))
            controller.change({"pbx": {"connected": True, "since": time.time()}})
            expect(banner).to_be_hidden()
        expect(banner).to_contain_text("controller is not running")
        floor = busy_floor() | {"queues": {"new": queue("new", "New queue", waiting=5)}}
        with FakeController(settings.control_socket, floor):
            expect(banner).to_be_hidden()
            expect(page.locator(".queue")).to_have_count(1)
            web.kill()
            web.wait()
            expect(banner).to_contain_text("no connection to Callcenter")
            web = start_web(settings)
            expect(banner).to_be_hidden()
            expect(page.locator(".queue h2")).to_have_text("New queue")
    finally:
        context.close()
        stop_web(web)


def test_supervisor_listens_whispers_and_barges_without_a_new_call(
    stack: WebStack, signed_in: SignIn
) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/floor")
    row = page.locator('tr[data-key="pbx1-1.1"]')
    listen = row.get_by_role("button", name="Listen")
    listen.focus()
    with page.expect_response("**/api/spy"):
        page.keyboard.press("Enter")
        expect(page.locator("[data-spying-title]")).to_have_text("Your phone 301 is ringing…")
    spied = stack.controller.floor["calls"]["pbx1-1.1"]
    spies = [{"spy": "spy-1", "supervisor": "301", "mode": "listen"}]
    stack.controller.change({"calls": {"pbx1-1.1": spied | {"spies": spies}}})
    expect(page.locator("[data-spying-title]")).to_have_text("Listening to Maria Rossi.")
    expect(listen).to_have_attribute("aria-pressed", "true")
    row.get_by_role("button", name="Whisper").click()
    expect(page.locator("[data-spying-title]")).to_have_text("Whispering into Maria Rossi.")
    page.locator('[data-switch="barge"]').click()
    expect(page.locator("[data-spying-title]")).to_have_text("In the call of Maria Rossi.")
    page.locator("[data-stop-spy]").click()
    stack.controller.change({"calls": {"pbx1-1.1": spied | {"spies": []}}})
    expect(page.locator("[data-spying]")).to_be_hidden()
    eventually(lambda: len(stack.controller.requests) >= 4, 5, "the last command to arrive")
    commands = [(each.command, each.by, each.arguments) for each in stack.controller.requests]
    start = {"call": "pbx1-1.1", "supervisor_phone": "301", "mode": "listen"}
    assert commands == [
        ("spy", "sue", start),
        ("switch_spy", "sue", {"spy": "spy-1", "mode": "whisper"}),
        ("switch_spy", "sue", {"spy": "spy-1", "mode": "barge"}),
        ("stop_spy", "sue", {"spy": "spy-1"}),
    ]


def test_hang_up_asks_first_and_refusals_are_shown(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/floor")
    stack.controller.answers["hang_up"] = Conflict("That call has ended. Reload the page.")
    button = page.locator('tr[data-key="pbx1-1.1"]').get_by_role("button", name="Hang up")
    button.click()
    page.get_by_role("button", name="Keep it").click()
    assert stack.controller.requests == []
    button.click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("[data-toast]")).to_contain_text("That call has ended.")


def test_filter_narrows_calls_and_agents(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/floor")
    page.fill("[data-filter-text]", "maria")
    expect(page.locator("[data-calls] tr")).to_have_count(1)
    expect(page.locator("[data-agents] tr")).to_have_count(0)
    expect(page.locator("[data-no-agents]")).to_be_visible()


def test_agent_signs_in_pauses_and_sees_only_their_own_caller(
    stack: WebStack, signed_in: SignIn
) -> None:
    page = signed_in("bo")
    page.goto(f"{stack.address}/me")
    out = stack.controller.floor["agents"]["1002"] | {"state": "signed_out", "queues": []}
    stack.controller.change({"agents": {"1002": out}})
    expect(page.locator(".my-state")).to_have_text("Signed out")
    with page.expect_response("**/api/me/sign-in"):
        page.keyboard.press("s")
    ready = out | {"state": "ready", "since": time.time(), "queues": ["support"]}
    expect(page.locator("[data-toast]")).to_be_hidden()
    stack.controller.change({"agents": {"1002": ready}})
    expect(page.locator(".my-state")).to_have_text("Ready")
    with page.expect_response("**/api/me/pause"):
        page.keyboard.press("2")
    paused = ready | {"state": "paused", "pause_reason": "Lunch"}
    stack.controller.change({"agents": {"1002": paused}})
    expect(page.locator(".my-state")).to_have_text("Lunch")
    asked = [(each.command, each.arguments) for each in stack.controller.requests]
    assert asked == [
        ("sign_in", {"agent": "1002", "phone": "202"}),
        ("pause", {"agent": "1002", "reason": "Lunch", "after_call": True}),
    ]
    mine = call("mine", "talking", time.time(), agent="1002", caller_name="Eva Eder")
    stack.controller.change(
        {"calls": {"mine": mine}, "agents": {"1002": ready | {"state": "talking", "call": "mine"}}}
    )
    expect(page.locator(".caller-name")).to_have_text("Eva Eder")
    seen = page.evaluate("fetch('/live/snapshot').then((answer) => answer.json())")
    assert list(seen["calls"]) == ["mine"]
    queue_title = page.locator("[data-call] dt", has_text="Queue")
    expect(queue_title).to_be_visible()
    by_hand = mine | {"direction": "outbound", "queue": None, "step": "phone:202"}
    stack.controller.change({"calls": {"mine": by_hand}})
    expect(queue_title).to_be_hidden()
    stack.controller.change({}, remove={"calls": ["mine"]})
    expect(page.locator("[data-no-call]")).to_be_visible()


def test_a_pause_that_waits_for_a_call_is_said_and_begins_at_once_by_key(
    stack: WebStack, signed_in: SignIn
) -> None:
    page = signed_in("bo")
    page.goto(f"{stack.address}/me")
    waits = stack.controller.floor["agents"]["1002"] | {
        "pausing": "after-call-on-its-way", "pause_reason": "Lunch",
    }  # fmt: skip
    stack.controller.change({"agents": {"1002": waits}})
    expect(page.locator(".my-state")).to_have_text("Ready, pausing")
    expect(page.locator(".my-pause")).to_have_text("Lunch after the call on its way")
    expect(page.get_by_role("button", name="Pause at once")).to_be_visible()
    expect(page.get_by_role("button", name="Back office")).to_be_hidden()
    page.keyboard.press("p")
    wanted = {"agent": "1002", "reason": "Lunch", "after_call": False}
    eventually(
        lambda: [each.arguments for each in stack.controller.requests] == [wanted],
        5, "the pause to be asked for",
    )  # fmt: skip
    talks = waits | {"state": "talking", "pausing": "after-call"}
    stack.controller.change({"agents": {"1002": talks}})
    expect(page.locator(".my-pause")).to_have_text("Lunch after this call")
    expect(page.get_by_role("button", name="Pause at once")).to_be_hidden()
    expect(page.get_by_role("button", name="Take calls again")).to_be_visible()


def test_every_number_on_the_wallboard_opens_to_calls(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/wallboard")
    links = page.locator('.queue[data-key="support"] a').evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    assert len(set(links)) == 4
    for link in links:
        answer = page.goto(f"{stack.address}{link}")
        assert answer is not None
        assert answer.status == 200, link
    page.goto(f"{stack.address}{links[0]}")
    expect(page.locator("[data-calls] tr")).to_have_count(2)


def test_an_agents_wallboard_offers_no_number_they_may_not_open(
    stack: WebStack, signed_in: SignIn
) -> None:
    page = signed_in("al")
    page.goto(f"{stack.address}/wallboard")
    changed = stack.controller.floor["queues"]["support"] | {"waiting": 8}
    stack.controller.change({"queues": {"support": changed}})
    support = page.locator('.queue[data-key="support"]')
    expect(support.locator('[data-bind="text:waiting"]')).to_have_text("8")
    assert support.locator("a[href]").count() == 0


def test_refusal_says_what_to_do_next(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("al")
    page.goto(f"{stack.address}/me")
    stack.controller.answers["pause"] = Conflict("Agent 1001 is not signed in. Sign in first.")
    page.get_by_role("button", name="Lunch").click()
    expect(page.locator("[data-toast]")).to_contain_text("Sign in first.")


def test_nothing_scrolls_sideways_on_a_telephone(stack: WebStack, signed_in: SignIn) -> None:
    page = signed_in("sue", width=390, height=844)
    for path in ("/wallboard", "/floor", "/me"):
        page.goto(f"{stack.address}{path}")
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_hold_wcag_aa(stack: WebStack, signed_in: SignIn, axe: str, theme: str) -> None:
    fill_office(stack.settings)
    page = signed_in("ann", width=390, height=844)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    wrong = {}
    for path in ("/wallboard", "/floor", "/me", "/audit", "/password", *PAGES):
        answer = page.goto(f"{stack.address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']}).then((all) => all.violations"
            ".map((each) => each.id + ' ' + each.nodes.map((node) => node.target).join(', ')))"
        )
        width = page.evaluate("document.documentElement.scrollWidth")
        wrong[path] = found + ([f"{width} px wide"] if width > 390 else [])
    assert {path: found for path, found in wrong.items() if found} == {}


def test_300_streams_stay_open_and_the_web_ends_quickly(tmp_path: Path) -> None:
    settings = make_home(tmp_path, free_port())
    with FakeController(settings.control_socket, busy_floor()) as controller:
        web = start_web(settings)
        try:
            cookie = session_cookie(settings.web_port, "sue", PASSWORD)
            with open_streams(settings.web_port, cookie, 300) as streams:
                controller.change({"queues": {"late": queue("late", "Late")}})
                assert streams.count_until(b'"late"', 300, seconds=60) == 300
                connection = http.client.HTTPConnection("127.0.0.1", settings.web_port, timeout=60)
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
                assert stop_web(web)
        finally:
            stop_web(web)
