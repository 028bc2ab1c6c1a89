"""What no form of ours sends and no database takes is refused before a view sees it: NULs, halves
of letters, JSON that is long or nested deeply, and ids beyond 64 bits."""

from __future__ import annotations

import json

from flask import Flask, Response, request

from callcenter.domain.errors import InvalidInput, NotFound, NotSignedIn
from web.access import PUBLIC, role_needed

LARGEST_ID = 2**63 - 1
LARGEST_JSON = 1024**2  # bytes: read, they take forty times that
NOBODY = "nobody is called that; sign in with your user name and password"
HAS_NUL = "a text has a NUL, a character that cannot be shown; take it out"
HAS_HALF = "a text has half a letter (a surrogate alone), which cannot be kept; send it whole"
TOO_MUCH = "that JSON is too long, or nested too deeply; send one plain object"


class Shown(Response):
    """A file's bytes that are no letters come through as halves of letters (`table_file.py`): shown
    as question marks, for no browser can be sent them."""

    def set_data(self, value: bytes | str) -> None:
        super().set_data(value.encode(errors="replace") if isinstance(value, str) else value)


def install(app: Flask) -> None:
    app.response_class = Shown
    app.before_request(_refuse)


def _refuse() -> None:
    """Behind the check of the token, so that nobody makes us read a form for nothing."""
    for each in (request.view_args or {}).values():
        if isinstance(each, int) and each > LARGEST_ID:
            raise NotFound("there is nothing of that number")
        if isinstance(each, str) and "\0" in each:
            raise NotFound("there is nothing of that name")
    names = (each.filename or "" for each in request.files.values())
    texts = (*request.args.items(multi=True), *request.form.items(multi=True))
    typed = (*(each for pair in texts for each in pair), *names)
    why = HAS_NUL if any("\0" in each for each in typed) else _odd_json()
    if why and role_needed(request.endpoint or "") == PUBLIC:
        raise NotSignedIn(NOBODY)
    if why:
        raise InvalidInput(why)


def _odd_json() -> str:
    """Why the JSON that was sent is refused; empty when it is not, or when there is none."""
    if not request.is_json:
        return ""
    if len(request.get_data()) > LARGEST_JSON:
        return TOO_MUCH
    try:
        sent = json.dumps(request.get_json(silent=True), ensure_ascii=False)
        sent.encode()
    except RecursionError:
        return TOO_MUCH
    except UnicodeEncodeError:
        return HAS_HALF
    return HAS_NUL if "\\u0000" in sent else ""
