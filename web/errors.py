"""Domain error → HTTP status, in one table. Pages get a page, scripts get JSON."""

from __future__ import annotations

import logging

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from callcenter.domain.errors import (
    CallcenterError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooLate,
    TooManyTries,
    Unavailable,
)
from web.access import wants_page

log = logging.getLogger(__name__)

STATUS_BY_ERROR: dict[type[CallcenterError], int] = {
    InvalidInput: 400,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooManyTries: 429,
    CallcenterError: 500,
    Unavailable: 503,
    TooLate: 504,
}

_TITLES = {
    401: "Sign in first",
    403: "Not allowed",
    404: "Not here",
    429: "Too many tries",
    503: "Not available now",
}
# Werkzeug's own words where ours say better what to do next.
_DESCRIPTIONS = {
    404: "there is no such page; check the address or begin at the start",
    405: "this address does not take that; go back and use the page's own buttons",
    413: "that is larger than we take; send a smaller file",
}


def status_of(error: CallcenterError) -> int:
    """The status of the nearest class in the table."""
    return next(STATUS_BY_ERROR[kind] for kind in type(error).__mro__ if kind in STATUS_BY_ERROR)


def install(app: Flask) -> None:
    app.register_error_handler(CallcenterError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _broke)


def _domain_error(error: CallcenterError) -> ResponseReturnValue:
    return _answer(status_of(error), error.code, str(error))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    code = (error.name or "error").lower().replace(" ", "_")
    return _answer(error.code, code, _DESCRIPTIONS.get(error.code, error.description or ""))


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("database_away", exc_info=error)
    text = "the database does not answer; calls go on, pages will return when it does"
    return _answer(503, "unavailable", text)


def _broke(error: Exception) -> ResponseReturnValue:
    log.error("request_broke", exc_info=error)
    return _answer(500, "error", "something broke on our side; the web log has the details")


def _answer(status: int, code: str, message: str) -> ResponseReturnValue:
    if not wants_page():
        return {"error": {"code": code, "message": message}}, status
    title = _TITLES.get(status, "That did not work")
    page = render_template("error.html", status=status, title=title, message=message)
    return page, status
