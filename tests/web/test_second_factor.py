"""A code besides the password: set up, asked for, used once, counted, forced and taken away."""

from __future__ import annotations

import re
from dataclasses import replace

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcenter.accounts.second_factor import RECOVERY_CODES, STEP_SECONDS, turn_off
from callcenter.accounts.throttle import TRIES_PER_ACCOUNT
from callcenter.accounts.users import set_password
from callcenter.cli import main
from callcenter.db.site_store import load_site, save_site
from tests.web.test_access import PAGE, sign_in, token_of
from web.services import EXTENSION, Services

NOW = 1_800_000_015.0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(app: Flask) -> Clock:
    clock = Clock()
    object.__setattr__(app.extensions[EXTENSION], "clock", clock)
    return clock


def set_up(client: FlaskClient, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    page = client.get("/second-factor", headers=PAGE).text
    assert "<svg" in page
    found = re.search(r'class="mono secret">([A-Z2-7]{32})<', page)
    assert found
    app_on_phone = pyotp.TOTP(found[1])
    form = {"code": app_on_phone.at(int(clock.now)), "csrf_token": token_of(client)}
    codes = re.findall(r"<li>([a-z0-9-]{14})</li>", client.post("/second-factor", data=form).text)
    assert len(codes) == RECOVERY_CODES
    clock.now += 2 * STEP_SECONDS
    return app_on_phone, codes


def give(client: FlaskClient, code: str) -> int:
    page = client.get("/sign-in/code", headers=PAGE).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    form = {"code": code, "csrf_token": token[1]}
    return client.post("/sign-in/code", data=form, headers=PAGE).status_code


def with_password(app: Flask, username: str = "ann") -> FlaskClient:
    """A browser that knows the password."""
    client = app.test_client()
    assert sign_in(client, username) == 302
    return client


def is_inside(client: FlaskClient) -> bool:
    return client.get("/live/snapshot").status_code == 200


def test_the_password_alone_no_longer_lets_in_and_a_code_works_once(
    app: Flask, clock: Clock
) -> None:
    phone, _ = set_up(with_password(app), clock)
    client = with_password(app)
    assert not is_inside(client)
    code = phone.at(int(clock.now))
    assert give(client, "000000" if code != "000000" else "111111") == 401
    assert give(client, code) == 302
    assert is_inside(client)
    again = with_password(app)
    assert give(again, code) == 401
    assert not is_inside(again)
    clock.now += STEP_SECONDS
    assert give(again, phone.at(int(clock.now))) == 302


def test_a_code_of_another_time_is_wrong(app: Flask, clock: Clock) -> None:
    phone, _ = set_up(with_password(app), clock)
    client = with_password(app)
    for off in (-3, 3):
        assert give(client, phone.at(int(clock.now) + off * STEP_SECONDS)) == 401


def test_a_recovery_code_works_once(app: Flask, clock: Clock) -> None:
    _, codes = set_up(with_password(app), clock)
    assert give(with_password(app), codes[0].upper()) == 302
    assert give(with_password(app), codes[0]) == 401
    assert give(with_password(app), codes[1]) == 302


def test_guesses_are_counted_and_a_right_password_does_not_forgive_them(
    app: Flask, clock: Clock
) -> None:
    phone, _ = set_up(with_password(app), clock)
    for _ in range(TRIES_PER_ACCOUNT):
        assert give(with_password(app), "12345x") == 401
    assert give(with_password(app), phone.at(int(clock.now))) == 429


def test_the_second_step_cannot_be_reached_without_the_first_and_not_too_late(
    app: Flask, clock: Clock
) -> None:
    phone, _ = set_up(with_password(app), clock)
    stranger = app.test_client()
    assert stranger.get("/sign-in/code", headers=PAGE).headers["Location"].startswith("/sign-in")
    late = with_password(app)
    late.get("/sign-in/code", headers=PAGE)
    clock.now += 301
    assert late.get("/sign-in/code", headers=PAGE).headers["Location"].startswith("/sign-in")
    form = {"code": phone.at(int(clock.now)), "csrf_token": token_of(late)}
    late.post("/sign-in/code", data=form, headers=PAGE)
    assert not is_inside(late)


def test_who_must_have_one_sets_it_up_before_anything_else(app: Flask, clock: Clock) -> None:
    services: Services = app.extensions[EXTENSION]
    with services.sessions.begin() as session:
        save_site(session, replace(load_site(session), second_factor="admins"), by="test")
    ann, sue = with_password(app), with_password(app, "sue")
    assert is_inside(sue)
    assert not is_inside(ann)
    assert ann.get("/site/", headers=PAGE).headers["Location"] == "/second-factor"
    phone, _ = set_up(ann, clock)
    assert is_inside(ann)
    off = {"code": phone.at(int(clock.now)), "csrf_token": token_of(ann)}
    assert ann.post("/second-factor/off", data=off, headers=PAGE).status_code == 403


def test_it_is_turned_off_with_a_code_or_by_the_command_line(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = app.extensions[EXTENSION]
    client = with_password(app)
    phone, _ = set_up(client, clock)
    form = {"csrf_token": token_of(client)}
    assert client.post("/second-factor/off", data=form | {"code": "1"}).status_code == 400
    right = {"code": phone.at(int(clock.now))}
    assert client.post("/second-factor/off", data=form | right).status_code == 302
    assert is_inside(with_password(app))
    set_up(client, clock)
    assert not is_inside(with_password(app))
    monkeypatch.setenv("CALLCENTER_HOME", str(services.settings.home))
    home = str(services.settings.home)
    assert main(["--home", home, "user", "second-factor-off", "ann"]) == 0
    assert is_inside(with_password(app))
    with services.sessions.begin() as session:
        turn_off(session, "ann")  # again: nothing to do, no error


def secret_shown(client: FlaskClient) -> str:
    found = re.search(r'class="mono secret">([A-Z2-7]{32})<', client.get("/second-factor").text)
    assert found
    return found[1]


def test_a_secret_seen_by_who_stole_the_password_never_becomes_the_factor(
    app: Flask, clock: Clock
) -> None:
    thief, ann = with_password(app), with_password(app)
    stolen = secret_shown(thief)
    assert secret_shown(thief) == stolen, "a mistyped code does not cost the scan"
    phone, _ = set_up(ann, clock)
    assert phone.secret != stolen
    assert is_inside(ann)
    assert not is_inside(thief), "whoever came in with the password alone is out"
    again = with_password(app)
    assert give(again, pyotp.TOTP(stolen).at(int(clock.now))) == 401


def test_a_changed_password_ends_sign_ins_that_wait_for_their_code(
    app: Flask, clock: Clock
) -> None:
    phone, _ = set_up(with_password(app), clock)
    thief = with_password(app)
    services: Services = app.extensions[EXTENSION]
    with services.sessions.begin() as session:
        set_password(session, "ann", "another long password")
    assert give(thief, phone.at(int(clock.now))) == 401
    assert not is_inside(thief)
