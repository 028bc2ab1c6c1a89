"""Texts and numbers that no database takes are told to people, not met as an error of ours."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.test_access import sign_in, token_of

HUGE = "9" * 20


@pytest.mark.parametrize(
    ("method", "path", "values", "status"),
    [
        ("get", "/dialer/leads?q=%00", {}, 400),
        ("get", f"/dialer/leads/{HUGE}", {}, 404),
        ("get", f"/dialer/imports/{HUGE}", {}, 404),
        ("post", "/dialer/do-not-call", {"data": {"number": "+12125550100", "reason": "a\0"}}, 400),
        ("post", "/api/do-not-call", {"json": {"number": "+12125550100", "reason": "a\0"}}, 400),
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
