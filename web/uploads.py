"""Views that take larger files than others: `@takes_files(1 << 30)` under @blueprint.route.

The limit has to stand before the form is read, which the check of the token does already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., object])
MARK = "largest_upload_bytes"


def takes_files(largest_bytes: int) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, largest_bytes)
        return view

    return mark


def install(app: Flask) -> None:
    app.before_request(_allow)


def _allow() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, MARK, None)
    if largest is not None:
        request.max_content_length = largest
