"""No other site may act in a signed-in person's name: every unsafe request carries a token.

Forms: `<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">`.
Scripts: the header `X-CSRF-Token`, read from `<meta name="csrf-token">`.
"""

from __future__ import annotations

import hmac
import secrets

from flask import Flask, request, session

from callcenter.domain.errors import Forbidden
from web.api_access import program

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def csrf_token() -> str:
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def install(app: Flask) -> None:
    app.before_request(_check)
    app.jinja_env.globals["csrf_token"] = csrf_token


def _check() -> None:
    if request.method in _SAFE_METHODS or program():
        return
    expected = session.get("csrf", "")
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Forbidden("this form is too old or came from another site; reload and try again")
