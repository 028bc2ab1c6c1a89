"""Other programs show a token instead of signing in: `Authorization: Bearer cc_…`.

Only views marked @takes_token look at it; there it stands for a supervisor, and the request needs
no token of a form (nothing of a browser's is sent along with it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, request

from callcenter.accounts.api_tokens import find_token
from callcenter.domain.errors import NotSignedIn
from web.services import services

View = TypeVar("View", bound=Callable[..., object])
MARK = "takes_token"
_SCHEME = "bearer "


def takes_token(view: View) -> View:
    """Put it under @requires, next to the function."""
    setattr(view, MARK, True)
    return view


def program() -> str:
    """The name of the token that this request shows, where one is taken; else empty. Looked up
    once a request. Raises NotSignedIn for one that is nobody's."""
    if "program" not in g:
        g.program = _found()
    return str(g.program)


def _found() -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    given = request.headers.get("Authorization", "")
    if not getattr(view, MARK, False) or not given.lower().startswith(_SCHEME):
        return ""
    with services().sessions.begin() as session:
        name = find_token(session, given[len(_SCHEME) :].strip()[:200], services().clock())
    if name is None:
        raise NotSignedIn("this token is nobody's; `callcenter api-token make NAME` makes one")
    return name
