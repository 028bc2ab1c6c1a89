"""A web process as it runs in production (gunicorn, its own process), on a fake controller."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.accounts.users import add_user
from callcenter.control.fake import FakeController
from callcenter.db.site_store import save_site
from callcenter.domain.site import Agent, Phone, Queue, QueueMembership, Site, User
from callcenter.settings import Settings
from tests import prepared
from tests.ports import free_port

PASSWORD = "correct horse battery"
# On a slow machine a report takes longer than its page waits; that is not what is tested here.
PATIENT_WEB = """
from importlib import import_module
from callcenter.cli import main
from callcenter.reports.runs import RunDesk
class PatientDesk(RunDesk):
    def __init__(self, engine, folder):
        super().__init__(engine, folder, patience_seconds=60.0)
import_module("web.reports.blueprint").RunDesk = PatientDesk
main()
"""
SUPPORT = QueueMembership("support")
PEOPLE = (
    User("ann", "Ann Archer", "admin", phone="301"),
    User("sue", "Sue Sanders", "supervisor", phone="301"),
    User("al", "Al Adams", "agent", agent="1001", phone="201"),
    User("bo", "Bo Berg", "agent", agent="1002", phone="202"),
)


@dataclass(frozen=True)
class WebStack:
    settings: Settings
    controller: FakeController
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.web_port}"


def make_home(home: Path, port: int) -> Settings:
    """A database with people and a small site. Everybody's password is PASSWORD."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, web_secret="s" * 40, web_port=port)
    (home / "callcenter.sqlite").write_bytes(_people_and_site())
    return settings


@cache
def _people_and_site() -> bytes:
    """Made once for all tests: a password costs a tenth of a second."""

    def fill(session: Session) -> None:
        for each in PEOPLE:
            add_user(session, each.username, each.role, PASSWORD, name=each.name,
                     agent=each.agent, phone=each.phone)  # fmt: skip
        session.flush()
        save_site(session, small_site(), by="test")

    return prepared.sqlite_file(fill)


def small_site() -> Site:
    return Site(
        name="Test",
        timezone="Europe/Rome",
        phones=(Phone("201", "Desk 1"), Phone("202", "Desk 2"), Phone("301", "Supervisor")),
        agents=(
            Agent(
                "1001", "Al Adams", queues=(QueueMembership("support"), QueueMembership("sales"))
            ),
            Agent("1002", "Bo Berg", queues=(QueueMembership("support"),)),
        ),
        users=PEOPLE,
        queues=(Queue("support", "Support"), Queue("sales", "Sales")),
    )


@contextmanager
def web_stack(home: Path, floor: dict[str, object]) -> Iterator[WebStack]:
    settings = make_home(home, free_port())
    with FakeController(settings.control_socket, floor) as controller:
        process = start_web(settings)
        try:
            yield WebStack(settings, controller, process.pid)
        finally:
            stop_web(process)


def start_web(settings: Settings) -> subprocess.Popen[bytes]:
    """Returns once it answers."""
    command = [sys.executable, "-c", PATIENT_WEB, "run", "web"]
    environment = os.environ | {
        "CALLCENTER_HOME": str(settings.home),
        "CALLCENTER_WEB_PORT": str(settings.web_port),
        "CALLCENTER_WEB_SECRET": settings.web_secret,
    }
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    wait_until_up(settings.web_port)
    return process


def stop_web(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended on SIGTERM; killed after half a minute."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def wait_until_up(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        finally:
            connection.close()
