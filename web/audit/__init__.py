from flask import Blueprint

from web.access import requires

blueprint = Blueprint("audit", __name__, template_folder="templates")


@blueprint.get("/audit")
@requires("supervisor")
def page() -> str:
    return ""
