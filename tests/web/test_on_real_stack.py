"""Two real browsers on the whole call centre: real Asterisk, real phones, every process.

The other tests of this folder give the pages a controller of their own; here what a page shows is
what calls do, and what a button does is heard on the phones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from callcenter.accounts.users import set_password
from callcenter.db.engine import sessions
from callcenter.domain.site import User
from tests.pbx.conftest import make_quiet
from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import SUPERVISOR_PHONE, SUPPORT, stack_site
from tests.web.conftest import DEADLINE_MS

pytestmark = [pytest.mark.browser, pytest.mark.pbx]

PASSWORD = "correct horse battery"
PEOPLE = (
    User("sue", "Sue", "supervisor", phone=SUPERVISOR_PHONE),
    User("ann", "Ann", "agent", agent="1001", phone="201"),
)
Open = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    site = dataclasses.replace(stack_site(), users=PEOPLE)
    with Stack(tmp_path_factory.mktemp("real"), site) as stack:
        with sessions(stack.engine).begin() as session:
            for person in PEOPLE:
                set_password(session, person.username, PASSWORD)
        yield stack


@pytest.fixture
def open_page(browser: Browser, real: Stack) -> Iterator[Open]:
    """`open_page("sue", "/floor")` → that page in a browser profile of its own, signed in."""
    contexts = []

    def enter(username: str, path: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        address = f"http://127.0.0.1:{real.settings.web_port}"
        page.goto(f"{address}/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"{address}{path}")
        return page

    yield enter
    for context in contexts:
        context.close()
    make_quiet(real)


@pytest.fixture
def caller(real: Stack) -> Iterator[Phone]:
    phone = real.caller("15550177", "Ada")
    yield phone
    phone.leave()


def tile(page: Page, agent: str) -> Locator:
    return page.locator(f'.agent[data-key="{agent}"]')


def members(real: Stack) -> str:
    """Asterisk's own picture of the support queue's members."""
    return real.asterisk("queue show support")


def test_two_wallboards_move_while_calls_run(real: Stack, open_page: Open, caller: Phone) -> None:
    boards = [open_page("sue", "/wallboard"), open_page("ann", "/wallboard")]
    waiting = [
        page.locator('.queue[data-key="support"] [data-bind="text:waiting"]') for page in boards
    ]
    outside = caller.call(SUPPORT).wait_up()
    for each in waiting:
        expect(each).to_have_text("1")
    agent = real.phone("201")
    ring = agent.next_call()
    real.sign_in("1001", "201")
    inside = ring(15)
    for page in boards:
        expect(tile(page, "1001")).to_contain_text("Ringing")
    inside.answer()
    for page, count in zip(boards, waiting, strict=True):
        expect(count).to_have_text("0")
        expect(tile(page, "1001")).to_contain_text("Talking")
    outside.hang_up()
    for page in boards:
        expect(tile(page, "1001")).to_contain_text("Ready")
    real.sign_out("1001")
    for page in boards:
        expect(tile(page, "1001")).to_have_count(0)


def test_the_supervisor_whispers_barges_listens_and_stops_from_the_page(
    real: Stack, open_page: Open, caller: Phone
) -> None:
    boss, agent = real.phone(SUPERVISOR_PHONE, answer="intercom"), real.phone("201")
    real.sign_in("1001", "201")
    outside, inside = talk(caller, agent)
    page = open_page("sue", "/floor")
    title = page.locator("[data-spying-title]")
    ring = boss.next_call()
    page.locator("[data-calls] tr").get_by_role("button", name="Whisper").click()
    spying = ring().wait_up()
    expect(title).to_have_text("Whispering into Ada.")
    calls, rings = [outside, inside, spying], len(boss.calls)
    both = {caller.name, agent.name}
    wait_hears(calls, [{agent.name}, {caller.name, boss.name}, both])
    page.locator('[data-switch="barge"]').click()
    expect(title).to_have_text("In the call of Ada.")
    wait_hears(calls, [{agent.name, boss.name}, {caller.name, boss.name}, both])
    page.locator('[data-switch="listen"]').click()
    expect(title).to_have_text("Listening to Ada.")
    wait_hears(calls, [{agent.name}, {caller.name}, both])
    assert len(boss.calls) == rings
    page.locator("[data-stop-spy]").click()
    spying.wait_ended()
    expect(page.locator("[data-spying]")).to_be_hidden()
    wait_hears([outside, inside], [{agent.name}, {caller.name}])
    outside.hang_up()


def test_the_agent_signs_in_pauses_unpauses_and_signs_out_in_the_page(
    real: Stack, open_page: Open
) -> None:
    real.phone("201")
    page, board = open_page("ann", "/me"), open_page("sue", "/wallboard")
    state = page.locator(".my-state")
    expect(state).to_have_text("Signed out")
    page.get_by_role("button", name="Sign in").click()
    expect(state).to_have_text("Ready")
    eventually(lambda: "PJSIP/201" in members(real), 5, "Ann in Asterisk's queue")
    reason = real.site.pause_reasons[0]
    page.locator(f'[data-act="pause"][data-reason="{reason}"]').click()
    expect(state).to_have_text(reason)
    expect(tile(board, "1001")).to_contain_text(reason)
    eventually(lambda: f"paused:{reason}" in members(real), 5, "Ann paused in Asterisk's queue")
    page.get_by_role("button", name="Take calls again").click()
    expect(state).to_have_text("Ready")
    eventually(lambda: "paused" not in members(real), 5, "Ann unpaused in Asterisk's queue")
    page.get_by_role("button", name="Sign out").and_(page.locator("[data-act]")).click()
    expect(state).to_have_text("Signed out")
    eventually(lambda: "PJSIP/201" not in members(real), 5, "Ann out of Asterisk's queue")
    expect(tile(board, "1001")).to_have_count(0)
