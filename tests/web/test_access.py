"""Every route is closed to strangers and to the wrong role, and credentials cannot be tricked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from callcenter.accounts.throttle import TRIES_PER_ACCOUNT, WINDOW_SECONDS
from callcenter.accounts.users import ROLES, set_password
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.users import UserRow, WebSessionRow
from tests.web.stack import PASSWORD
from web import create_app
from web.access import MARK, PUBLIC, role_needed
from web.services import EXTENSION, Services

PAGE = {"Accept": "text/html"}
SOMEBODY = {"agent": "al", "supervisor": "sue", "admin": "ann"}
PUBLIC_ENDPOINTS = {
    "static", "home.healthz", "auth.sign_in", "auth.sign_in_submitted", "second_factor.code",
    "second_factor.code_submitted",
}  # fmt: skip
INJECTIONS = (
    "' OR '1'='1",
    "ann'--",
    "ann' UNION SELECT 1,2,3,4,5,6,7,8,9,10--",
    '"; DROP TABLE users; --',
    "ann\x00",
    "', (SELECT SLEEP(5)), '",
    "ann' AND (SELECT 1 FROM pg_sleep(5)) --",
)


def token_of(client: FlaskClient) -> str:
    page = client.get("/sign-in", headers=PAGE, follow_redirects=True).text
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> int:
    form = {"username": username, "password": password, "csrf_token": token_of(client)}
    return client.post("/sign-in", data=form).status_code


def calls_to(rule: Rule) -> Iterator[tuple[str, str]]:
    path = rule.rule
    for name in rule.arguments:
        path = re.sub(rf"<[^>]*\b{name}>", "1", path)
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
        yield method, path


def test_every_route_without_a_session_is_401_or_goes_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    walked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for method, path in calls_to(rule):
            header = {"X-CSRF-Token": token_of(client)}
            assert client.open(path, method=method, headers=header).status_code == 401, path
            if method == "GET" and not path.startswith("/api/"):
                answer = client.get(path, headers=PAGE)
                assert answer.status_code == 302, path
                assert answer.headers["Location"].startswith("/sign-in"), path
            walked += 1
    assert walked > 15


def test_only_these_are_public_and_every_view_is_marked(app: Flask) -> None:
    with app.app_context():
        public = {name for name in app.view_functions if role_needed(name) == PUBLIC}
    assert public == PUBLIC_ENDPOINTS
    views = app.view_functions.items()
    assert [name for name, view in views if name != "static" and not hasattr(view, MARK)] == []


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_every_route_above_the_role_is_403(app: Flask, role: str) -> None:
    client = app.test_client()
    assert sign_in(client, SOMEBODY[role]) == 302
    header = {"X-CSRF-Token": token_of(client)}
    refused = 0
    for rule in app.url_map.iter_rules():
        with app.app_context():
            needed = role_needed(rule.endpoint)
        if needed == PUBLIC or ROLES.index(needed) <= ROLES.index(role):
            continue
        for method, path in calls_to(rule):
            assert client.open(path, method=method, headers=header).status_code == 403, path
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("text", INJECTIONS)
def test_injection_in_credentials_gives_no_session(app: Flask, text: str) -> None:
    client = app.test_client()
    assert sign_in(client, text, text) == 401
    assert sign_in(client, "ann", text) == 401
    assert client.get("/wallboard").status_code == 401
    with app.extensions[EXTENSION].sessions() as database:
        assert len(database.scalars(select(UserRow)).all()) == 4


@pytest.mark.parametrize(
    "value", ["Basic YW5uOmFubg==", "Basic " + "A" * 5000, "Bearer x", "' OR 1=1 --", "Digest a=b"]
)
def test_authorization_headers_give_no_session(app: Flask, value: str) -> None:
    answer = app.test_client().get("/wallboard", headers={"Authorization": value})
    assert answer.status_code == 401


def test_unknown_user_and_wrong_password_read_the_same(app: Flask) -> None:
    def refusal(username: str) -> str:
        client = app.test_client()
        form = {"username": username, "password": "wrong", "csrf_token": token_of(client)}
        page = client.post("/sign-in", data=form).text
        return re.sub(r'(value|content)="[^"]*"', "", page)

    assert refusal("ann") == refusal("nobody")


def test_unsafe_requests_need_the_token_of_this_session(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "sue")
    assert client.post("/api/calls/c1/hang-up", json={}).status_code == 403
    foreign = {"X-CSRF-Token": token_of(app.test_client())}
    assert client.post("/api/calls/c1/hang-up", json={}, headers=foreign).status_code == 403
    own = {"X-CSRF-Token": token_of(client)}
    answer = client.post("/api/calls/c1/hang-up", json={}, headers=own)
    assert answer.status_code == 503  # no controller here: it got as far as asking


def test_session_secret_is_renewed_at_sign_in_and_kept_only_as_a_hash(app: Flask) -> None:
    client = app.test_client()
    token_of(client)
    before = client.get_cookie("callcenter")
    sign_in(client, "ann")
    after = client.get_cookie("callcenter")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert after.http_only
    assert after.same_site == "Lax"
    with client.session_transaction() as session:
        token = session["token"]
    with app.extensions[EXTENSION].sessions() as database:
        assert token not in [row.token_hash for row in database.scalars(select(WebSessionRow))]


def test_a_copied_cookie_is_worthless_after_sign_out(app: Flask) -> None:
    client, thief = app.test_client(), app.test_client()
    sign_in(client, "ann")
    cookie = client.get_cookie("callcenter")
    assert cookie is not None
    thief.set_cookie("callcenter", cookie.value)
    assert thief.get("/live/snapshot").status_code == 200
    client.post("/sign-out", data={"csrf_token": token_of(client)})
    assert thief.get("/live/snapshot").status_code == 401


def test_closed_accounts_lose_their_session_at_once(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "al")
    with app.extensions[EXTENSION].sessions.begin() as database:
        database.scalars(select(UserRow).where(UserRow.username == "al")).one().active = False
    assert client.get("/live/snapshot").status_code == 401
    assert sign_in(client, "al") == 401


def test_throttle_counts_per_account_in_the_database(app: Flask, tmp_path: Path) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        assert sign_in(app.test_client(), "ann", "wrong") == 401
    assert sign_in(app.test_client(), "ann") == 429
    assert sign_in(app.test_client(), "sue") == 302
    restarted = create_app(app.extensions[EXTENSION].settings)
    assert sign_in(restarted.test_client(), "ann") == 429
    services: Services = app.extensions[EXTENSION]
    now = services.clock() + WINDOW_SECONDS + 1
    object.__setattr__(services, "clock", lambda: now)
    assert sign_in(app.test_client(), "ann") == 302


def test_a_password_somebody_else_chose_must_be_changed_first(app: Flask) -> None:
    with app.extensions[EXTENSION].sessions.begin() as database:
        set_password(database, "al", PASSWORD, must_change=True)
    client = app.test_client()
    sign_in(client, "al")
    assert client.get("/me", headers=PAGE).headers["Location"] == "/password"
    assert client.get("/live/snapshot").status_code == 403
    form = {"current": PASSWORD, "new": "a new password", "again": "a new password"}
    changed = client.post("/password", data=form | {"csrf_token": token_of(client)})
    assert changed.status_code == 302
    assert client.get("/me", headers=PAGE).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "/\t/x"])
def test_sign_in_leads_nowhere_else(app: Flask, target: str) -> None:
    client = app.test_client()
    form = {"username": "ann", "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/sign-in", data=form | {"next": target}).headers["Location"] == "/"


def test_headers_keep_pages_private(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    headers = client.get("/wallboard", headers=PAGE).headers
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_listening_in_is_written_down_even_when_refused(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "sue")
    header = {"X-CSRF-Token": token_of(client)}
    asked = {"call": "pbx1-1.1", "phone": "301", "mode": "whisper"}
    assert client.post("/api/spy", json=asked, headers=header).status_code == 503
    with app.extensions[EXTENSION].sessions() as database:
        rows = database.scalars(select(AuditEntryRow).where(AuditEntryRow.subject.like("call %")))
        found = [(row.by, row.action, row.subject) for row in rows]
    call = "call pbx1-1.1"
    assert found == [("sue", "whisper", call), ("sue", "whisper_refused", call)]


@pytest.mark.parametrize(
    "asked",
    [
        {"call": "c1", "phone": "300&PJSIP/9", "mode": "listen"},
        {"call": "c1\nAction: x", "phone": "301", "mode": "listen"},
        {"call": "c1", "phone": "301", "mode": "record"},
        {"call": ["c1"], "phone": "301", "mode": "listen"},
        [],
    ],
)
def test_commands_take_only_what_fits(app: Flask, asked: object) -> None:
    client = app.test_client()
    sign_in(client, "sue")
    header = {"X-CSRF-Token": token_of(client)}
    assert client.post("/api/spy", json=asked, headers=header).status_code == 400
