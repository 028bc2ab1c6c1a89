"""What every template may use: the menu for this person, the person, numbers as they see them."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request

from web.access import may, sight, user_or_none

# Subjects that are reached from another one's place in the menu.
UNDER = {"campaigns": "campaign_board", "what_if": "campaign_board"}


def install(app: Flask) -> None:
    app.context_processor(_shared)


def _shared() -> dict[str, Any]:
    user = user_or_none()
    return {
        "user": user,
        "menu": _menu(),
        "may": lambda role: may(user, role),
        "seen_number": lambda number: sight().number(number),
        "sees_all": lambda: not sight().limited,
    }


def _menu() -> list[dict[str, Any]]:
    from web import NAVIGATION  # the table lives beside create_app, which imports this module

    user = user_or_none()
    if user is None:
        return []
    subject = (request.endpoint or "").partition(".")[0]
    subject = "agent" if request.path.startswith("/me/") else UNDER.get(subject, subject)
    return [
        {"item": item, "here": item.endpoint.partition(".")[0] == subject}
        for item in NAVIGATION
        if item.endpoint in current_app.view_functions and may(user, item.role)
    ]
