"""What a survey was answered with, as a file: one line a call, one column a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Response, request

from callcenter.db.site_store import site_zone
from callcenter.dialer.survey import answer_counts, surveyed_calls
from web.access import requires, sight
from web.auditing import audit
from web.campaign_board.blueprint import blueprint
from web.campaign_board.board import campaign_seen
from web.campaign_board.words import OUTCOME_WORDS
from web.downloads import rows_as_file
from web.services import services


@blueprint.post("/<name>/answers")
@requires("supervisor")
def answers(name: str) -> Response:
    """A POST, since it takes people's data away and is written down."""
    sessions, seen = services().sessions, sight()
    with sessions.begin() as session:
        campaign = campaign_seen(session, name)
        questions = [each.name for each in answer_counts(session, campaign)]
        zone = site_zone(session)
        audit(session, "survey_exported", name)

    def rows() -> Iterator[list[str]]:
        yield ["dialed_at", "number", "outcome", *questions]
        with sessions() as session:
            for call in surveyed_calls(session, name):
                at = datetime.fromtimestamp(call.placed_at, zone).isoformat(timespec="seconds")
                pressed = [call.answers.get(each, "") for each in questions]
                outcome = OUTCOME_WORDS.get(call.outcome, call.outcome)
                yield [at, seen.number(call.number), outcome, *pressed]

    return rows_as_file(rows(), f"{name}-answers", request.form.get("kind", "csv"))
