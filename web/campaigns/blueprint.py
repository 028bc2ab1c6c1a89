"""The one blueprint of this subject; its views are in the modules imported below."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__, template_folder="templates")

from web.campaigns import (  # noqa: E402, F401 - register views
    callbacks,
    campaigns,
    consents,
    do_not_call,
    do_not_call_files,
    imports,
    lead_form,
    leads,
    lists,
    permissions_api,
    preview,
)
