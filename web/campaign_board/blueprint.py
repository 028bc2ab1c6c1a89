"""Views of the board are spread over files by subject; this is what they join."""

from flask import Blueprint

blueprint = Blueprint(
    "campaign_board", __name__, template_folder="templates", url_prefix="/campaign-board"
)
