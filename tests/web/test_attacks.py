"""Attacks on the web that need no browser. The list: docs/security.md."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from callcenter.accounts.throttle import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from callcenter.cli import main
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call
from callcenter.domain.errors import NotFound
from callcenter.reports.recordings import recording_path
from tests.web.call_books import fill_books
from tests.web.stack import PASSWORD, WebStack
from tests.web.test_access import PAGE, calls_to, sign_in, token_of
from web import create_app
from web.csrf import HEADER
from web.services import EXTENSION, Services

EVIL = "evil.example"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, "ann") == 302
    return client


# -- requests from another site --------------------------------------------------------------


def test_every_unsafe_route_wants_the_token(app: Flask, admin: FlaskClient) -> None:
    """The sign-in form too: nobody may be signed in as somebody else without knowing."""
    foreign = {HEADER: "x" * 32}
    walked = 0
    for rule in app.url_map.iter_rules():
        for method, path in calls_to(rule):
            if method == "GET":
                continue
            for headers in ({}, foreign, {HEADER: ""}):
                answer = admin.open(path, method=method, headers=headers, data={"csrf_token": ""})
                assert answer.status_code == 403, (method, path)
            walked += 1
    assert walked > 15


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_a_forged_host_goes_nowhere(app: Flask, header: str) -> None:
    client = app.test_client()
    headers = {**PAGE, header: EVIL}
    answer = client.get("/wallboard", headers=headers)
    assert answer.headers["Location"].startswith("/sign-in")
    page = client.get("/sign-in", headers=headers).text
    assert EVIL not in page
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    form = {"username": "ann", "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=form, headers={header: EVIL}).headers["Location"] == "/"


def test_a_link_to_sign_in_cannot_send_people_away_afterwards(app: Flask) -> None:
    client = app.test_client()
    page = client.get(f"/sign-in?next=https://{EVIL}", headers=PAGE).text
    found = re.search(r'name="next" value="([^"]*)"', page)
    form = {"username": "ann", "password": PASSWORD, "csrf_token": token_of(client)}
    asked = form | {"next": found[1] if found else ""}
    assert client.post("/sign-in", data=asked).headers["Location"] == "/"


def test_a_forwarded_address_counts_only_behind_our_own_proxy(app: Flask) -> None:
    for number in range(TRIES_PER_ACCOUNT):
        client = app.test_client()
        form = {"username": "ann", "password": "wrong", "csrf_token": token_of(client)}
        client.post("/sign-in", data=form, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    services: Services = app.extensions[EXTENSION]
    with services.sessions() as database:
        refused = select(AuditEntryRow.address).where(AuditEntryRow.action == "sign_in_refused")
        assert set(database.scalars(refused)) == {"127.0.0.1"}


def test_cookies_are_kept_to_https_and_to_the_server_behind_tls(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    behind_tls = create_app(dataclasses.replace(services.settings, web_secure_cookies=True))
    client = behind_tls.test_client()
    answer = client.get("/sign-in", headers=PAGE, base_url="https://callcenter.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    made: Services = behind_tls.extensions[EXTENSION]
    made.engine.dispose()


# -- guessing passwords ------------------------------------------------------------------------


def test_guesses_at_the_same_moment_count_too_and_cannot_eat_the_memory(stack: WebStack) -> None:
    """Forty at once at one account: five are looked at. Then many accounts at once."""
    before = peak_megabytes(stack)
    with ThreadPoolExecutor(40) as pool:
        one = list(pool.map(lambda _: guess(stack, "ann"), range(40)))
        many = list(pool.map(lambda number: guess(stack, f"user{number}"), range(60)))
    assert one.count(401) == TRIES_PER_ACCOUNT
    looked_at = many.count(401) + many.count(503)  # 503: waited 5 s for its turn, on a slow machine
    assert looked_at == TRIES_PER_ADDRESS - TRIES_PER_ACCOUNT
    assert set(one + many) <= {401, 429, 503}
    assert peak_megabytes(stack) - before < 300  # 25 hashes at once would be 800


def test_refused_guesses_do_not_fill_the_audit_log(app: Flask) -> None:
    for _ in range(TRIES_PER_ACCOUNT * 3):
        sign_in(app.test_client(), "ann", "wrong")
    services: Services = app.extensions[EXTENSION]
    with services.sessions() as database:
        refused = select(func.count()).where(AuditEntryRow.action == "sign_in_refused")
        assert database.scalar(refused) == TRIES_PER_ACCOUNT


def guess(stack: WebStack, username: str) -> int:
    connection = HTTPConnection("127.0.0.1", stack.settings.web_port, timeout=60)
    connection.request("GET", "/sign-in", headers=PAGE)
    page = connection.getresponse()
    cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.read().decode())
    assert token
    form = urlencode({"username": username, "password": "a guess", "csrf_token": token[1]})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def peak_megabytes(stack: WebStack) -> float:
    """Of the gunicorn worker that answers."""
    children = Path(f"/proc/{stack.pid}/task/{stack.pid}/children").read_text().split()
    peaks = [
        int(found[1])
        for pid in [str(stack.pid), *children]
        if (found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()))
    ]
    return max(peaks) / 1024


# -- what callers choose to be called ----------------------------------------------------------

CONTROLS = "Ev\x01e\x1b[2J\x07 \u202eexe.\x7f<b>"
FORMULA = "\x01=cmd|' /C calc'!A0"


def test_control_characters_are_stored_and_shown_nowhere(app: Flask, admin: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    call_id = fill_books(services.settings)
    with services.sessions.begin() as database:
        named = update(Call).where(Call.id == call_id)
        database.execute(named.values(caller_name=CONTROLS, caller_number=FORMULA))
    shown = [admin.get(path, headers=PAGE).text for path in ("/calls/", f"/calls/{call_id}")]
    for text in shown:
        assert "Eve[2J exe.&lt;b&gt;" in text
    table = admin.get("/calls.csv?number=cmd").text
    [row] = [row for row in csv.DictReader(io.StringIO(table)) if row["id"] == call_id]
    assert row["caller_name"] == "Eve[2J exe.<b>"
    assert row["caller_number"] == "'=cmd|' /C calc'!A0"
    for text in (*shown, table):
        assert not re.search(
            r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text
        )
    exported = select(AuditEntryRow.detail).where(AuditEntryRow.action == "calls_exported")
    with services.sessions() as database:
        assert database.scalar(select(Call.caller_name).where(Call.id == call_id)) == CONTROLS
        assert database.scalars(exported).all() == ["number=cmd"]


HOSTILE_FILTERS = ("\x00", "' OR 1=1 --", "started_at; DROP TABLE calls", "%\\_")


def test_no_filter_reaches_sql(app: Flask, admin: FlaskClient) -> None:
    names = ("number", "queue", "agent", "sort", "outcome", "direction", "from", "page", "order")
    for name in names:
        for value in HOSTILE_FILTERS:
            answer = admin.get("/calls/", query_string={name: value}, headers=PAGE)
            assert answer.status_code in (200, 400), (name, value)
    for name in ("by", "action", "subject", "before"):
        for value in HOSTILE_FILTERS:
            answer = admin.get("/audit", query_string={name: value}, headers=PAGE)
            assert answer.status_code == (400 if "\0" in value else 200), (name, value)
    services: Services = app.extensions[EXTENSION]
    with services.sessions() as database:
        assert database.scalar(select(func.count()).select_from(Call)) == 0


# -- recordings --------------------------------------------------------------------------------


def test_a_recording_that_links_out_of_its_folder_is_not_played(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    secret = tmp_path / "secret.raw"
    secret.write_bytes(b"1234" * 4)
    (folder / "a.raw").symlink_to(secret)
    (folder / "out").symlink_to(tmp_path)
    for name in ("a.raw", "out/secret.raw", "../secret.raw", "a.raw\x00", "."):
        with pytest.raises((NotFound, ValueError)):
            recording_path(folder, name)


ODD_RANGES = ("0-1,2-3,4-5", "0-," * 2000, "--1", "9-1", "", "-0", "99999999999999999999-")


def test_odd_ranges_are_one_part_at_most(app: Flask, admin: FlaskClient) -> None:
    services: Services = app.extensions[EXTENSION]
    call_id = fill_books(services.settings)
    for odd in ODD_RANGES:
        headers = {"Range": f"bytes={odd}"}
        answer = admin.get(f"/calls/{call_id}/recording.wav", headers=headers)
        assert answer.status_code in (200, 206, 416), odd
        assert len(answer.data) <= 44 + 10 * 8000 * 4


# -- uploads -----------------------------------------------------------------------------------


def test_an_upload_beyond_all_bounds_is_refused_before_it_is_read(
    app: Flask, admin: FlaskClient
) -> None:
    too_much = 33 * 1024 * 1024
    answer = admin.post(
        "/site/prompts/new",
        data={"audio": (io.BytesIO(b"RIFF" + bytes(too_much)), "../../x.wav"), "name": "x"},
        headers={HEADER: token_of(admin)},
    )
    assert answer.status_code == 413


def test_a_report_taken_away_is_written_down(app: Flask, admin: FlaskClient) -> None:
    assert admin.get("/reports/queue/download.csv").status_code == 200
    services: Services = app.extensions[EXTENSION]
    taken = select(AuditEntryRow).where(AuditEntryRow.action == "report_exported")
    with services.sessions() as database:
        [entry] = database.scalars(taken).all()
    assert entry.by == "ann"
    assert entry.subject.startswith("queue-")


def test_the_command_line_writes_down_whom_it_lets_in(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    home = str(services.settings.home)
    assert main(["--home", home, "user", "add", "eve", "--role", "admin"]) == 0
    assert main(["--home", home, "user", "password", "eve"]) == 0
    engine = open_engine(services.settings.database)
    with sessions(engine)() as database:
        rows = database.scalars(select(AuditEntryRow).where(AuditEntryRow.subject == "users.eve"))
        found = [(row.by, row.action) for row in rows]
    engine.dispose()
    assert found == [("command line", "user_added"), ("command line", "password_reset")]
