from flask import Blueprint

from web.access import requires

blueprint = Blueprint("supervisor", __name__, template_folder="templates")


@blueprint.get("/supervisor")
@requires("supervisor")
def page() -> str:
    return ""
