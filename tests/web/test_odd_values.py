"""Texts and numbers that no database takes are told to people, not met as an error of ours."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.test_access import sign_in, token_of

HUGE = "9" * 20
JSON = "application/json"


@pytest.mark.parametrize(
    ("method", "path", "values", "status"),
    [
        ("get", "/dialer/leads?q=%00", {}, 400),
        ("post", "/dialer/leads/new", {"data": {"custom:a\0": "x"}}, 400),
        ("get", f"/dialer/leads/{HUGE}", {}, 404),
        ("get", f"/dialer/imports/{HUGE}", {}, 404),
        ("post", "/dialer/do-not-call", {"data": {"number": "+12125550100", "reason": "a\0"}}, 400),
        ("post", "/api/do-not-call", {"json": {"number": "+12125550100", "reason": "a\0"}}, 400),
        ("post", "/api/do-not-call", {"json": {"number": "+12125550100", "reason": "\ud800"}}, 400),
        ("post", "/api/do-not-call", {"data": b"[" * 9**6, "content_type": JSON}, 400),
        ("post", "/api/me/pause", {"data": b'{"a":' * 9**5, "content_type": JSON}, 400),
        ("post", "/dialer/campaigns/new", {"data": {"name": "x", "mark": "1e5"}}, 400),
    ],
)
def test_what_no_database_takes_is_refused(
    app: Flask, method: str, path: str, values: dict[str, object], status: int
) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    answer = client.open(
        path, method=method.upper(), headers={"X-CSRF-Token": token_of(client)}, **values
    )
    assert answer.status_code == status, answer.text[:300]


def test_json_that_is_long_is_not_read(app: Flask) -> None:
    """Read, thirty megabytes of it are a gigabyte, and the form to sign in takes it of anybody."""
    client = app.test_client()
    long = b"[" + b"[]," * 400_000 + b"[]]"
    stranger = {"X-CSRF-Token": token_of(client)}
    answer = client.post("/sign-in", data=long, content_type=JSON, headers=stranger)
    assert answer.status_code == 401
    sign_in(client, "ann")
    ours = {"X-CSRF-Token": token_of(client)}
    answer = client.post("/api/me/pause", data=long, content_type=JSON, headers=ours)
    assert answer.status_code == 400
    assert "too long" in answer.text


@pytest.mark.parametrize("path", ["/campaign-board/a%00b", "/calls/a%00b"])
def test_a_nul_in_a_path_is_refused_before_a_view_asks_for_it(app: Flask, path: str) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "nothing of that name" in answer.text
