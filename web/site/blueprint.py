"""The one blueprint of this subject; its views are in the modules imported below."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("site", __name__, template_folder="templates")

from web.site import config, phone_card, prompts, records, settings  # noqa: E402, F401 - register views
