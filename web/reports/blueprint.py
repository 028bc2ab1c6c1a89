"""The blueprint that every file of this package puts its views on."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from callcenter.reports.runs import RunDesk
from web.services import EXTENSION, Services

DESK = "callcenter-report-desk"

blueprint = Blueprint("reports", __name__, template_folder="templates")


@blueprint.record
def _open_desk(state: BlueprintSetupState) -> None:
    services: Services = state.app.extensions[EXTENSION]
    state.app.extensions[DESK] = RunDesk(services.engine, services.settings.report_runs)


def desk() -> RunDesk:
    """Where this process reads its reports; one an app."""
    found: RunDesk = current_app.extensions[DESK]
    return found
