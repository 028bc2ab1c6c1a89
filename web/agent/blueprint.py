"""The blueprint that every file of this package puts its views on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("agent", __name__, template_folder="templates")
