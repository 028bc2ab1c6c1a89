"""The one blueprint of this subject; its views are in the modules imported below."""

from __future__ import annotations

from flask import Blueprint, Response, request

from web.services import services

blueprint = Blueprint("site", __name__, template_folder="templates")
# What decides who sees what (domain/sight.py); the settings of the site have no collection.
DECIDES_SIGHT = ("users", "teams", "agents", None)


@blueprint.after_request
def _look_again(response: Response) -> Response:
    """Open live pages show at once what their people may see now."""
    changed = request.method == "POST" and response.status_code < 400
    if changed and (request.view_args or {}).get("collection") in DECIDES_SIGHT:
        services().live.begin_anew()
    return response


from web.site import config, phone_card, prompts, records, settings  # noqa: E402, F401 - register views
