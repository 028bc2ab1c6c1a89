"""What no form of ours sends and no database takes is refused before a view sees it: NULs, and ids
beyond 64 bits."""

from __future__ import annotations

from flask import Flask, request

from callcenter.domain.errors import InvalidInput, NotFound, NotSignedIn
from web.access import PUBLIC, role_needed

LARGEST_ID = 2**63 - 1
NOBODY = "nobody is called that; sign in with your user name and password"
HAS_NUL = "a text has a NUL, a character that cannot be shown; take it out"


def install(app: Flask) -> None:
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
    in_json = request.is_json and b"\\u0000" in request.get_data()
    if in_json or any("\0" in each for each in typed):
        if role_needed(request.endpoint or "") == PUBLIC:
            raise NotSignedIn(NOBODY)
        raise InvalidInput(HAS_NUL)
