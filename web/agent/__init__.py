from flask import Blueprint

from web.access import requires

blueprint = Blueprint("agent", __name__, template_folder="templates")


@blueprint.get("/agent")
@requires("supervisor")
def page() -> str:
    return ""
