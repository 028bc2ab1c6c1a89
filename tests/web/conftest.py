"""One web process and one Chromium for the tests of a module."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.floors import busy_floor
from tests.web.stack import PASSWORD, WebStack, make_home, web_stack
from web import create_app
from web.reports.blueprint import DESK
from web.services import EXTENSION, Services

CHECKOUT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SignIn = Callable[..., Page]
DEADLINE_MS = 60_000.0  # costs nothing where it is met
expect.set_options(timeout=DEADLINE_MS)


# Of the package: while it runs there is an event loop in this thread, and others bring their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Many apps are made here; what one compiled is there for the next."""
    kept = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": kept})
        yield


@pytest.fixture(scope="session", autouse=True)
def icons() -> None:
    """Pages show their icons in tests too; `./run` makes them the same way."""
    if not (CHECKOUT / "web/static/vendor/icons.svg").exists():
        _npm("ci", CHECKOUT / "web")
        _npm("run vendor", CHECKOUT / "web")


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, which judges a page for accessibility."""
    folder = CHECKOUT / "tests/web"
    source = folder / "node_modules/axe-core/axe.min.js"
    if not source.exists():
        _npm("ci", folder)
    return source.read_text(encoding="utf-8")


def _npm(command: str, folder: Path) -> None:
    subprocess.run(["npm", *command.split(), "--no-audit", "--no-fund"], cwd=folder, check=True)


@contextmanager
def running_app(home: Path) -> Iterator[Flask]:
    """Its pages wait for a report longer than others: on a slow machine it is no long one."""
    made = create_app(make_home(home, 1))
    made.extensions[DESK]._patience_seconds = 60.0
    yield made
    services: Services = made.extensions[EXTENSION]
    services.live.stop()
    made.extensions[DESK].close()
    services.engine.dispose()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with running_app(tmp_path) as made:
        yield made


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[WebStack]:
    with web_stack(tmp_path, busy_floor()) as started:
        yield started


@pytest.fixture
def signed_in(browser: Browser, stack: WebStack) -> Iterator[SignIn]:
    """`signed_in("sue")` → a page of its own browser profile, past the sign-in form."""
    contexts = []

    def enter(username: str, width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        page.goto(f"{stack.address}/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield enter
    for context in contexts:
        context.close()
